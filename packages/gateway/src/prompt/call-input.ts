/** Reads the input of a tool call as models and upstreams write it, and writes it as every upstream accepts it. Pure. */
import { MAX_COMMAND_DEPTH, isDeeperThan } from '@rivulet/protocol';
import { createJsonEnd } from '../providers/json-end.ts';

/** How a call without an input is told to an upstream: some parse the text, and reject the whole request when it is empty. */
const NO_INPUT = '{}';
/** A repeated input was found up to three times in a row. */
const MAX_REPETITIONS = 4;

/**
 * Parses the input of a tool call. Nothing, and null, is an empty object: models call tools without parameters that way. So is an
 * empty object that the upstream sent before the input. JSON within a JSON text, and an input that was sent several times, are read
 * as what is meant.
 * @returns undefined when the text is not JSON, or nested deeper than a command may be: writing it again could exceed the stack.
 */
export function readCallInput(text: string): unknown {
  const value = parse(text) ?? parse(withoutRepetition(text)) ?? parse(withoutInitialValue(text));
  return typeof value === 'string' ? objectIn(value) : value;
}

/** The input as it is told to an upstream: JSON of an object. An input that is none is told as an empty object. */
export function writeCallInput(text: string): string {
  const value = readCallInput(text);
  if (!isObject(value)) return NO_INPUT;
  // Unchanged where that is possible, so that an upstream can reuse what it has cached of the conversation.
  return isObject(parse(text)) && text.trim() !== '' && text.trim() !== 'null' ? text : JSON.stringify(value);
}

/** Says why an input cannot be read, so that the model can correct it. */
export function faultOfCallInput(text: string): string {
  if (isJson(text)) return `The input of the call is nested too deep: at most ${MAX_COMMAND_DEPTH} levels.`;
  const end = createJsonEnd();
  end.push(text);
  return text.trimStart().startsWith('{') && !end.isComplete()
    ? `The input of the call is not JSON: it breaks off after ${text.length} characters. Call the tool again with the whole input.`
    : 'The input of the call is not JSON. Call the tool again with a JSON object.';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    const value = text.trim() === '' ? {} : ((JSON.parse(text) as unknown) ?? {});
    return isDeeperThan(value, MAX_COMMAND_DEPTH) ? undefined : value;
  } catch {
    return undefined; // invalid JSON: the caller decides how to report it
  }
}

/** Some upstreams encode the object twice, and some send `""` for nothing. */
function objectIn(text: string): unknown {
  const value = parse(text);
  return isObject(value) ? value : text;
}

function withoutRepetition(text: string): string {
  const whole = text.trim();
  for (let times = 2; times <= MAX_REPETITIONS; times += 1) {
    const one = whole.slice(0, whole.length / times);
    if (one.length * times === whole.length && one.repeat(times) === whole) return one;
  }
  return text;
}

/** Some upstreams send an empty object first, and then the input. */
const withoutInitialValue = (text: string): string => text.replace(/^\s*\{\s*\}\s*(?=\{)/, '');
