/** Sample messages, owners and acceptances for the contract suites. Every id is new, so suites can share one database. */
import {
  mintConversationId,
  mintMessageId,
  mintRunId,
  type FinishReason,
  type Message,
} from '@rivulet/protocol';
import { randomBytes } from '../base/index.ts';
import type { Acceptance, Owner, Store } from '../stores/store.ts';

/** The base time of the samples, in milliseconds since 1970. */
export const SAMPLE_MS = 1_700_000_000_000;

/** A new owner. */
export function sampleOwner(): Owner {
  return { siteId: 'site', ownerId: `v_${Buffer.from(randomBytes(12)).toString('base64url')}` };
}

/** A visitor's message. */
export function sampleQuestion(text = 'What is Rivulet?'): Message {
  return {
    id: mintMessageId(randomBytes),
    role: 'user',
    parentId: null,
    parts: [{ type: 'text', text }],
    createdAtMs: SAMPLE_MS,
  };
}

/** An empty assistant's message whose run is running. */
export function sampleAnswer(createdAtMs = SAMPLE_MS): Message {
  const run = { id: mintRunId(randomBytes), state: 'running', startedAtMs: createdAtMs } as const;
  return { id: mintMessageId(randomBytes), role: 'assistant', parentId: null, parts: [], createdAtMs, run };
}

/** The same message with this text as its only part. */
export const withText = (message: Message, text: string): Message => ({
  ...message,
  parts: [{ type: 'text', text }],
});

/** The same message with a part that throws when it is serialized. */
export function unwritable(message: Message): Message {
  const value = {
    get trap(): never {
      throw new Error('cannot be written');
    },
  };
  return { ...message, parts: [{ type: 'data', name: 'card', value }] };
}

/** The same message with its run finished. @throws {TypeError} when the message has no run */
export function finished(message: Message, reason: FinishReason = 'stop'): Message {
  if (message.run === undefined) throw new TypeError('the message has no run to finish');
  return { ...message, run: { ...message.run, state: 'finished', finishedAtMs: SAMPLE_MS + 1, reason } };
}

/** A first question and its answer in a new conversation of a new owner, with the given fields. */
export function sampleAcceptance(
  parts: Partial<Acceptance> = {},
): Acceptance & Required<Pick<Acceptance, 'question'>> {
  const question = parts.question ?? sampleQuestion();
  return {
    conversationId: mintConversationId(randomBytes),
    owner: sampleOwner(),
    answer: sampleAnswer(),
    digest: 'digest',
    key: question.id,
    maxRunning: 100,
    nowMs: SAMPLE_MS,
    ...parts,
    question,
  };
}

/** Has the store accept a sample. @returns the acceptance @throws {Error} when the store does not accept it */
export async function accepted(
  store: Store,
  parts: Partial<Acceptance> = {},
): Promise<ReturnType<typeof sampleAcceptance>> {
  const acceptance = sampleAcceptance(parts);
  const outcome = await store.accept(acceptance);
  if (outcome.kind !== 'accepted') throw new Error(`a new message was not accepted: ${outcome.kind}`);
  await outcome.durable;
  return acceptance;
}
