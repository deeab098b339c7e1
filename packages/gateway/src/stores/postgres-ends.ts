/** What ends of runs and their usage write, as JSON for one statement. */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import * as v from 'valibot';
import { searchTextOf } from './message-text.ts';
import { addedByRun } from './run-facts.ts';
import type { EndedMessage, UsageRecord } from './store.ts';

/** The end of one run, serialised. */
export interface EndCall {
  id: ConversationId;
  message_id: MessageId;
  body: string;
  search_text: string;
  rounds: string | null;
  facts: string | null;
  /** What the run adds to the totals of its conversation. */
  cost: number | null;
  unpriced: number;
  now_ms: number;
  run_id: string | undefined;
  tokens: number | undefined;
  cost_pico: number | undefined;
}

/** Serialises an end, before it meets those of others: a value without a JSON form fails alone. */
export function toEndCall(
  id: ConversationId,
  { rounds, spent, facts, ...message }: EndedMessage,
  nowMs: number,
): EndCall {
  const { costPico: cost, unpriced } = addedByRun(facts);
  return {
    id,
    message_id: message.id,
    body: JSON.stringify(message),
    search_text: searchTextOf(message),
    rounds: rounds === undefined ? null : JSON.stringify(rounds),
    facts: facts === undefined ? null : JSON.stringify(facts),
    ...{ cost, unpriced },
    now_ms: nowMs,
    run_id: message.run?.id,
    tokens: spent?.tokens,
    cost_pico: spent?.costPico,
  };
}

/** The size of a call, in UTF-16 code units. */
export const charsOfEnd = ({ body, search_text, rounds, facts }: EndCall): number =>
  body.length + search_text.length + (rounds?.length ?? 0) + (facts?.length ?? 0);

/** The calls as JSON for the statement `endRuns`. @see FUNCTIONS */
export const toEndJson = (calls: readonly EndCall[]): string =>
  JSON.stringify(calls.map((call, index) => ({ place: index + 1, ...call })));

const EndedRowSchema = v.object({ ended: v.array(v.number()) });

/** For each call, whether the message was written. @param row that of the statement `endRuns` */
export function toEnded(calls: readonly EndCall[], row: unknown): boolean[] {
  const places = new Set(v.parse(EndedRowSchema, row).ended);
  return calls.map((_, index) => places.has(index + 1));
}

/** A run whose end is in the event log. */
export interface SettledRun {
  id: ConversationId;
  message_id: MessageId;
}

/** The records as JSON for the statement `recordUsage`. */
export const toUsageJson = (records: readonly UsageRecord[]): string =>
  JSON.stringify(records.map(toUsageRow));

const toUsageRow = ({ runId, conversationId, owner, usage, atMs }: UsageRecord) => ({
  conversation_id: conversationId,
  run_id: runId,
  site_id: owner.siteId,
  owner_id: owner.ownerId,
  input_tokens: usage.inputTokens,
  output_tokens: usage.outputTokens,
  at_ms: atMs,
});
