/** Serialises records for the worker of the SQLite store. */
import type { Message } from '@rivulet/protocol';
import { completeTextOf } from './message-text.ts';
import { addedByRun } from './run-facts.ts';
import type { SavedProgress } from './sqlite-progress.ts';
import type { AcceptanceRow, EndedRow, MessageRow } from './sqlite-rows.ts';
import { answerWithoutRun } from './store-error.ts';
import type { Acceptance, EndedMessage, Progress } from './store.ts';

/** An acceptance. @throws {StoreError} `answer-without-run` */
export function toAcceptanceRow({
  owner,
  question,
  answer,
  title,
  newestId,
  ...rest
}: Acceptance): AcceptanceRow {
  if (answer.run === undefined) throw answerWithoutRun();
  const messages = (question === undefined ? [answer] : [question, answer]).map(toRow);
  return {
    ...rest,
    ...owner,
    title: title ?? null,
    newestId,
    messages,
    answerId: answer.id,
    runId: answer.run.id,
  };
}

/** What an answer has gained. */
export const toSaved = ({ conversationId, messageId, events }: Progress): SavedProgress => [
  conversationId,
  messageId,
  events,
];

const toJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** The end of a run. */
export function toEndedRow({ rounds, spent, facts, ...message }: EndedMessage): EndedRow {
  const stored = { rounds: toJson(rounds), facts: toJson(facts) };
  return { ...toRow(message), ...stored, spent, added: addedByRun(facts) };
}

/** A message. */
export function toRow(message: Message): MessageRow {
  const { id, run, createdAtMs } = message;
  const body = JSON.stringify(message);
  return {
    id,
    runId: run?.id ?? null,
    runState: run?.state ?? null,
    createdAtMs,
    body,
    text: completeTextOf(message),
  };
}
