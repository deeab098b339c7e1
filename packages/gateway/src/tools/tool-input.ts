/** Whether an input fits the schema of its tool. Interpreted, not compiled: no code is made from a schema. */
import { Validator } from '@cfworker/json-schema';
import type { Tool } from './tool.ts';

const NAME = /^[\w-]{1,64}$/;
const validators = new WeakMap<Tool, Validator>();

function validatorOf(tool: Tool): Validator {
  const known = validators.get(tool);
  if (known !== undefined) return known;
  const made = new Validator({ ...tool.parameters }, '2020-12', false);
  validators.set(tool, made);
  return made;
}

/** Long enough for two or three faults, short beside the conversation. */
const MAX_FAULT_CHARS = 500;

/** What is wrong with the input, for the model to mend; undefined when it fits. */
export function faultOf(tool: Tool, input: unknown): string | undefined {
  const { valid, errors } = validatorOf(tool).validate(input);
  if (valid) return undefined;
  // The last ones are the innermost: where it is wrong, not that something below is.
  const words = errors.toReversed().map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  return [...new Set(words)].join(' ').slice(0, MAX_FAULT_CHARS).toWellFormed();
}

/** @throws {TypeError} naming the tool that cannot be offered to a model, and why */
export function checkTools(tools: readonly Tool[]): void {
  const names = new Set<string>();
  for (const tool of tools) {
    if (!NAME.test(tool.name))
      throw new TypeError(`the tool ${JSON.stringify(tool.name)} has no proper name`);
    if (names.has(tool.name)) throw new TypeError(`there are two tools of the name ${tool.name}`);
    if (tool.parameters.type !== 'object')
      throw new TypeError(`the parameters of the tool ${tool.name} are no schema of type object`);
    names.add(tool.name);
    validatorOf(tool).validate({}); // a schema that cannot be read throws now, not in the middle of an answer
  }
}
