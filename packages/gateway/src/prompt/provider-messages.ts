/** A message of the conversation as a model is told it. Pure. */
import {
  MAX_COMMAND_DEPTH,
  isDeeperThan,
  type FilePart,
  type Message,
  type Part,
  type ToolPart,
} from '@rivulet/protocol';
import type { ProviderCall, ProviderMessage } from '../providers/provider.ts';

/** A file that the model should see, before its bytes are read. */
export type FileMention = Pick<FilePart, 'fileId' | 'name' | 'mediaType' | 'sizeBytes'>;

/** A provider message whose files are mentioned, not read yet. */
export type ContextMessage =
  Exclude<ProviderMessage, { role: 'user' }> | { role: 'user'; text: string; files?: readonly FileMention[] };

/** Empty when the message says nothing that a model could use. */
export function messagesOf({ role, parts }: Pick<Message, 'role' | 'parts'>): ContextMessage[] {
  return role === 'user' ? questionOf(parts) : answerOf(parts);
}

function questionOf(parts: readonly Part[]): ContextMessage[] {
  const text = parts.flatMap(wordsOf).join('\n\n');
  const files = parts.flatMap((part) => (part.type === 'file' ? [mentionOf(part)] : []));
  if (files.length > 0) return [{ role: 'user', text, files }];
  return text === '' ? [] : [{ role: 'user', text }];
}

/** A data part of a visitor is what they filled in. */
function wordsOf(part: Part): string[] {
  if (part.type === 'text') return [part.text];
  return part.type === 'data' ? [`${part.name}: ${JSON.stringify(part.value)}`] : [];
}

const mentionOf = ({ fileId, name, mediaType, sizeBytes }: FilePart): FileMention => ({
  fileId,
  name,
  mediaType,
  sizeBytes,
});

interface Round {
  texts: string[];
  calls: ToolPart[];
}

/** Words and then calls are one turn of the model; words after calls begin the next. */
function answerOf(parts: readonly Part[]): ContextMessage[] {
  const rounds: Round[] = [];
  for (const part of parts) {
    const last = rounds.at(-1);
    if (part.type === 'text') {
      if (last === undefined || last.calls.length > 0) rounds.push({ texts: [part.text], calls: [] });
      else last.texts.push(part.text);
    } else if (part.type === 'tool') {
      if (last === undefined) rounds.push({ texts: [], calls: [part] });
      else last.calls.push(part);
    }
  }
  return rounds.flatMap(roundMessagesOf);
}

function roundMessagesOf({ texts, calls }: Round): ContextMessage[] {
  const text = texts.join('\n\n');
  if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', text }];
  return [
    { role: 'assistant', text, calls: calls.map(callOf) },
    ...calls.map((part) => ({ role: 'tool' as const, callId: part.callId, text: resultOf(part) })),
  ];
}

/** Some upstreams refuse a whole request for one call whose input is no JSON. */
const callOf = ({ callId, name, inputText }: ToolPart): ProviderCall => ({
  callId,
  name,
  input: readJson(inputText) === undefined ? '{}' : inputText,
});

/** What became of a call, in JSON. What a person changed is said, or the model would take it for its own. */
function resultOf({ state, input, inputText, output, error }: ToolPart): string {
  if (state === 'refused') return JSON.stringify({ error: 'The person refused this call.' });
  if (error !== undefined) return JSON.stringify({ error: error.message });
  if (state !== 'finished') return JSON.stringify({ error: 'This call was never finished.' });
  const isChanged = input !== undefined && JSON.stringify(readJson(inputText)) !== JSON.stringify(input);
  if (!isChanged) return JSON.stringify(output ?? null);
  return JSON.stringify({
    note: 'The person changed the input before approving it.',
    input,
    output,
  });
}

/**
 * undefined when it is no JSON, or so deep that writing it again would end the stack: as deep as a person may send it, and no
 * deeper. An empty text is an empty object: so models call what needs nothing.
 */
export function readJson(text: string): unknown {
  try {
    const value = text.trim() === '' ? {} : (JSON.parse(text) as unknown);
    return isDeeperThan(value, MAX_COMMAND_DEPTH) ? undefined : value;
  } catch {
    return undefined; // whoever asked says what that means
  }
}
