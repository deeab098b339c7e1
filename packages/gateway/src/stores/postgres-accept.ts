/** Accepts a message in Postgres, within a transaction of the caller. */
import * as v from 'valibot';
import type { Query } from './postgres-database.ts';
import type { Rows } from './postgres-rows.ts';
import { addReservation } from './postgres-spending.ts';
import { searchText } from './search-text.ts';
import type { Acceptance, Accepted } from './store.ts';
import { KeyRowSchema, OwnerRowSchema } from './stored-row.ts';

const StandingRowSchema = v.object({
  digest: v.nullable(v.string()),
  is_taken: v.boolean(),
  running: v.number(),
  newest_id: v.nullable(v.string()),
});

/** Any outcome except `accepted` is rolled back, including a conversation that was just created. */
export async function acceptInPostgres(
  query: Query,
  acceptance: Acceptance,
  messages: Rows,
): Promise<Accepted> {
  const { conversationId: id, owner, answer, digest, key, maxRunning, newestId, nowMs } = acceptance;
  const title = [JSON.stringify(acceptance.title ?? null), searchText(acceptance.title ?? '')];
  const opened = await query('openConversation', [id, owner.siteId, owner.ownerId, nowMs, ...title]);
  const { site_id, owner_id } = v.parse(OwnerRowSchema, opened.rows[0]);
  if (site_id !== owner.siteId || owner_id !== owner.ownerId) return { kind: 'not-found' };
  const [row] = (await query('readStanding', [id, key, messages[0]])).rows;
  const standing = v.parse(StandingRowSchema, row);
  if (standing.digest !== null) {
    const { answer_id: answerId, run_id: runId } = v.parse(KeyRowSchema, row);
    return standing.digest === digest ? { kind: 'repeated', answerId, runId } : { kind: 'conflict' };
  }
  if (standing.is_taken) return { kind: 'conflict' };
  if (newestId !== undefined && newestId !== standing.newest_id) return { kind: 'moved' };
  if (standing.running > maxRunning) return { kind: 'busy' };
  await query('putMessages', [id, ...messages]);
  await query('addKey', [id, key, digest, answer.id, answer.run?.id, nowMs]);
  // Last, because it locks what all visitors of the site wait for.
  const { reservation } = acceptance;
  const budget = reservation && (await addReservation(query, acceptance, reservation));
  if (budget !== undefined) return { kind: 'over-budget', budget };
  return { kind: 'accepted', durable: Promise.resolve() };
}
