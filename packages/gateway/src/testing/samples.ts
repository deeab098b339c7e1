/** Messages, owners and acceptances for the contract suites. Every id is new, so suites can share one database. */
import {
  mintConversationId,
  mintMessageId,
  mintRunId,
  type FinishReason,
  type Message,
} from '@rivulet/protocol';
import { randomBytes } from '../base/random.ts';
import type { Acceptance, Owner, Store } from '../stores/store.ts';

/** When the suites' things happen; each may add to it. */
export const SAMPLE_MS = 1_700_000_000_000;

/** Nobody else's. */
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

/** An assistant's message whose run has just begun. */
export function sampleAnswer(createdAtMs = SAMPLE_MS): Message {
  const run = { id: mintRunId(randomBytes), state: 'running', startedAtMs: createdAtMs } as const;
  return { id: mintMessageId(randomBytes), role: 'assistant', parentId: null, parts: [], createdAtMs, run };
}

/** The same message with this text, its run still going. */
export const withText = (message: Message, text: string): Message => ({
  ...message,
  parts: [{ type: 'text', text }],
});

/** The same message with a part that throws when it is written. */
export function unwritable(message: Message): Message {
  const value = {
    get trap(): never {
      throw new Error('cannot be written');
    },
  };
  return { ...message, parts: [{ type: 'data', name: 'card', value }] };
}

/** The same message with its run over. */
export function finished(message: Message, reason: FinishReason = 'stop'): Message {
  if (message.run === undefined) throw new TypeError('only an answer has a run that can finish');
  return { ...message, run: { ...message.run, state: 'finished', finishedAtMs: SAMPLE_MS + 1, reason } };
}

/** A first question and its answer in a new conversation of a new owner. */
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

/** Accepts a first question; gives what was accepted. */
export async function accepted(
  store: Store,
  parts: Partial<Acceptance> = {},
): Promise<ReturnType<typeof sampleAcceptance>> {
  const acceptance = sampleAcceptance(parts);
  const { kind } = await store.accept(acceptance);
  if (kind !== 'accepted') throw new Error(`a new message was not accepted: ${kind}`);
  return acceptance;
}
