/** Accepts messages in Postgres: any number of conversations in one round trip and one commit. */
import { MessageIdSchema, RunIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { toRows, type Rows } from './postgres-rows.ts';
import { searchText } from './search-text.ts';
import { BUDGETS, type BudgetAmounts } from './spending.ts';
import { answerWithoutRun } from './store-error.ts';
import type { Acceptance, Accepted } from './store.ts';

/** An acceptance whose messages are serialised. */
export interface AcceptCall {
  acceptance: Acceptance;
  rows: Rows;
}

/**
 * Serialises the messages, before they meet those of others: a value without a JSON form fails alone and leaves no trace.
 * @throws {StoreError} `answer-without-run`
 */
export function toAcceptCall(acceptance: Acceptance): AcceptCall {
  const { question, answer } = acceptance;
  if (answer.run === undefined) throw answerWithoutRun();
  return { acceptance, rows: toRows(question === undefined ? [answer] : [question, answer]) };
}

/** The size of a call, in UTF-16 code units. */
export const charsOf = ({ rows: [, , , , bodies] }: AcceptCall): number =>
  bodies.reduce((chars, body) => chars + body.length, 0);

/** The calls as JSON for the statement `accept`. @see FUNCTIONS */
export const toAcceptJson = (calls: readonly AcceptCall[]): string => JSON.stringify(calls.map(toCallRow));

function toCallRow({ acceptance, rows }: AcceptCall, index: number) {
  const { conversationId: id, owner, title, answer, key, digest, newestId, nowMs } = acceptance;
  return {
    place: index + 1,
    id,
    site_id: owner.siteId,
    owner_id: owner.ownerId,
    title_json: JSON.stringify(title ?? null),
    search_title: searchText(title ?? ''),
    now_ms: nowMs,
    key,
    digest,
    answer_id: answer.id,
    run_id: answer.run?.id,
    max_running: acceptance.maxRunning,
    has_newest: newestId !== undefined,
    newest_id: newestId,
    messages: toMessageRows(rows),
    ...toReservationRow(acceptance),
  };
}

function toReservationRow({ reservation }: Acceptance) {
  if (reservation === undefined) return {};
  const { day, amount, limits } = reservation;
  return { day, tokens: amount.tokens, cost_pico: amount.costPico, ...toLimitRow(limits) };
}

/** Limits as the functions of the database read them. `Infinity` becomes null in JSON: nothing is more than that. */
export const toLimitRow = ({ visitor, site }: BudgetAmounts) => ({
  visitor_tokens: visitor.tokens,
  visitor_cost: visitor.costPico,
  site_tokens: site.tokens,
  site_cost: site.costPico,
});

function toMessageRows([ids, runIds, runStates, createdMs, bodies, searchTexts]: Rows) {
  return ids.map((id, index) => ({
    place: index + 1,
    id,
    run_id: runIds[index],
    run_state: runStates[index],
    created_ms: createdMs[index],
    body: bodies[index],
    search_text: searchTexts[index],
  }));
}

const OutcomesRowSchema = v.object({
  outcomes: v.array(
    v.variant('kind', [
      v.object({ kind: v.literal('accepted') }),
      v.object({ kind: v.literal('conflict') }),
      v.object({ kind: v.literal('busy') }),
      v.object({ kind: v.literal('moved') }),
      v.object({ kind: v.literal('owned') }),
      v.object({ kind: v.literal('not-found') }),
      v.object({ kind: v.literal('repeated'), answerId: MessageIdSchema, runId: RunIdSchema }),
      v.object({ kind: v.literal('over-budget'), budget: v.picklist(BUDGETS) }),
    ]),
  ),
});

/** Converts the row that the statement `accept` returns. */
export function toAccepted(row: unknown): Accepted[] {
  return v
    .parse(OutcomesRowSchema, row)
    .outcomes.map((outcome) =>
      outcome.kind === 'accepted' ? { kind: 'accepted', durable: Promise.resolve() } : outcome,
    );
}
