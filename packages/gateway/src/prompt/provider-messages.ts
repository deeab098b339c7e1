/** Converts the messages of a conversation into the messages of a provider request. Pure. */
import type { FilePart, Part, ToolPart } from '@rivulet/protocol';
import * as v from 'valibot';
import { ProviderMetadataSchema, type ProviderMetadata } from '../providers/provider-metadata.ts';
import type { ProviderCall, ProviderMessage } from '../providers/provider.ts';
import type { AnswerRound, StoredMessage } from '../stores/store.ts';
import { readCallInput, writeCallInput } from './call-input.ts';

/** A file of the context whose content is not read yet. */
export type FileMention = Pick<FilePart, 'fileId' | 'name' | 'mediaType' | 'sizeBytes'>;

/** A provider message whose files are not read yet. */
export type ContextMessage =
  Exclude<ProviderMessage, { role: 'user' }> | { role: 'user'; text: string; files?: readonly FileMention[] };

/**
 * The provider messages of one message of the conversation, in order; empty when it has no content for a model. An answer with
 * tool calls yields several: each round is an assistant message, followed by one `tool` message per call.
 */
export function messagesOf({
  role,
  parts,
  rounds = [],
  author,
}: Pick<StoredMessage, 'role' | 'parts' | 'rounds' | 'author'>): ContextMessage[] {
  if (role === 'agent') return wordsOfPerson(parts, author?.name);
  return role === 'user' ? questionOf(parts) : roundsOf(parts, rounds).flatMap(roundMessagesOf);
}

/**
 * What a member of the team wrote is on the side of the site, so that no visitor can write it, with the fact that the model did not write
 * it. It is no instruction. Of a file it is told the name.
 */
function wordsOfPerson(parts: readonly Part[], name = 'a person'): ContextMessage[] {
  const text = parts
    .flatMap((part) => (part.type === 'file' ? [`(the file ${part.name})`] : textsOf(part)))
    .join('\n\n');
  return text === '' ? [] : [{ role: 'assistant', text: `[${name}, of the team, wrote:]\n${text}` }];
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
  reasoning: string[];
  calls: ToolPart[];
  metadata: ProviderMetadata | undefined;
}

/**
 * The rounds of an answer. Where it is not known at which parts they begin, text followed by calls is one round, and text after calls
 * starts the next one.
 */
function roundsOf(parts: readonly Part[], known: readonly AnswerRound[]): Round[] {
  const starts = new Map(known.map((round) => [round.at, round]));
  const rounds: Round[] = [];
  for (const [index, part] of parts.entries()) {
    const start = starts.get(index);
    const last = rounds.at(-1);
    const isNext =
      start !== undefined || (known.length === 0 && part.type === 'text' && (last?.calls.length ?? 0) > 0);
    const round = isNext || last === undefined ? newRound(start) : last;
    if (round !== last) rounds.push(round);
    if (part.type === 'text') round.texts.push(part.text);
    else if (part.type === 'reasoning') round.reasoning.push(part.text);
    else if (part.type === 'tool') round.calls.push(part);
  }
  return rounds;
}

function newRound(start: AnswerRound | undefined): Round {
  const { success, output } = v.safeParse(ProviderMetadataSchema, start?.metadata);
  return { texts: [], reasoning: [], calls: [], metadata: success ? output : undefined };
}

function roundMessagesOf({ texts, reasoning, calls, metadata }: Round): ContextMessage[] {
  const text = texts.join('\n\n');
  if (calls.length === 0 && text === '') return [];
  const attached = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(metadata?.reasoning === 'wanted' && reasoning.length > 0 ? { reasoning: reasoning.join('') } : {}),
  };
  if (calls.length === 0) return [{ role: 'assistant', text, ...attached }];
  return [
    { role: 'assistant', text, calls: calls.map(callOf), ...attached },
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
