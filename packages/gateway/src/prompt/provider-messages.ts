/** Converts the messages of a conversation into the messages of a provider request. Pure. */
import type { FilePart, Message, Part, ToolPart } from '@rivulet/protocol';
import { readCallInput, writeCallInput } from './call-input.ts';
import type { ProviderCall, ProviderMessage } from '../providers/provider.ts';

/** A file of the context whose content is not read yet. */
export type FileMention = Pick<FilePart, 'fileId' | 'name' | 'mediaType' | 'sizeBytes'>;

/** A provider message whose files are not read yet. */
export type ContextMessage =
  Exclude<ProviderMessage, { role: 'user' }> | { role: 'user'; text: string; files?: readonly FileMention[] };

/**
 * The provider messages of one message of the conversation, in order; empty when it has no content for a model. An answer with
 * tool calls yields several: each round is an assistant message, followed by one `tool` message per call.
 */
export function messagesOf({ role, parts }: Pick<Message, 'role' | 'parts'>): ContextMessage[] {
  return role === 'user' ? questionOf(parts) : answerOf(parts);
}

function questionOf(parts: readonly Part[]): ContextMessage[] {
  const text = parts.flatMap(textsOf).join('\n\n');
  const files = parts.flatMap((part) => (part.type === 'file' ? [mentionOf(part)] : []));
  if (files.length > 0) return [{ role: 'user', text, files }];
  return text.trim() === '' ? [] : [{ role: 'user', text }];
}

/** The data part of a user message holds the values of a submitted form. */
function textsOf(part: Part): string[] {
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

/** Text followed by calls is one round of the model; text after calls starts the next round. */
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
  if (calls.length === 0) return text.trim() === '' ? [] : [{ role: 'assistant', text }];
  return [
    { role: 'assistant', text, calls: calls.map(callOf) },
    ...calls.map((part) => ({ role: 'tool' as const, callId: part.callId, text: resultOf(part) })),
  ];
}

const callOf = ({ callId, name, inputText }: ToolPart): ProviderCall => ({
  callId,
  name,
  input: writeCallInput(inputText),
});

/** The result of a call as JSON. An input that the visitor changed is named, because the model would take it for its own. */
function resultOf({ state, input, inputText, output, error }: ToolPart): string {
  if (state === 'refused') return JSON.stringify({ error: 'The user refused this call.' });
  if (error !== undefined) return JSON.stringify({ error: error.message });
  if (state !== 'finished') return JSON.stringify({ error: 'This call was never finished.' });
  const isChanged = input !== undefined && JSON.stringify(readCallInput(inputText)) !== JSON.stringify(input);
  if (!isChanged) return JSON.stringify(output ?? null);
  return JSON.stringify({
    note: 'The user changed the input before approving it.',
    input,
    output,
  });
}
