/** The amounts of the Postgres store. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import { toLimitRow } from './postgres-accept.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import {
  BUDGETS,
  NOTHING,
  type BudgetAmounts,
  type BudgetKind,
  type ReservationChange,
  type SpendingStore,
} from './spending.ts';
import { toAmount, toReservation } from './stored-row.ts';

const SpentRowSchema = v.object({ kind: v.picklist(BUDGETS) });
const OutcomeRowSchema = v.object({ outcome: v.picklist(['reserved', ...BUDGETS]) });

/** Creates the amounts of a database. A crash of the server may lose a change of the last 0.6 s. */
export function createPostgresSpending(database: PostgresDatabase): SpendingStore {
  return {
    addReservation: ({ conversationId, runId, owner, day }) =>
      settleAsync(async () => {
        await database.write('addReservation', [conversationId, runId, owner.siteId, owner.ownerId, day]);
      }),
    removeReservation: (conversationId, runId) =>
      settleAsync(async () => {
        await database.write('removeReservation', [conversationId, runId]);
      }),
    reserve: (change) =>
      settleAsync(async () => {
        const { rows } = await database.write('reserve', [toChangeJson(change)]);
        return v.parse(OutcomeRowSchema, rows[0]).outcome;
      }),
    readReservation: (conversationId, runId) =>
      settleAsync(async () => {
        const [row] = (await database.query('readReservation', [conversationId, runId])).rows;
        return row === undefined ? undefined : toReservation(row);
      }),
    readSpent: ({ siteId, ownerId }, day) =>
      settleAsync(async () =>
        toBudgetAmounts((await database.query('readSpent', [siteId, ownerId, day])).rows),
      ),
    forgetSpent: (beforeDay) =>
      settleAsync(() =>
        database.transaction('soon', async (query) => {
          await query('forgetReservations', [beforeDay]);
          await query('forgetSpent', [beforeDay]);
          return { end: 'commit', result: undefined };
        }),
      ),
  };
}

/** A change as JSON for the statement `reserve`. @see FUNCTIONS */
const toChangeJson = ({ conversationId, runId, amount, limits, note }: ReservationChange): string =>
  JSON.stringify({
    id: conversationId,
    run_id: runId,
    tokens: amount.tokens,
    cost_pico: amount.costPico,
    note: note === undefined ? null : JSON.stringify(note),
    ...toLimitRow(limits),
  });

/** The amounts that the rows of `readSpent` have. */
function toBudgetAmounts(rows: readonly unknown[]): BudgetAmounts {
  const of = (kind: BudgetKind) => rows.find((row) => v.parse(SpentRowSchema, row).kind === kind);
  const [visitor, site] = [of('visitor'), of('site')];
  return {
    visitor: visitor === undefined ? NOTHING : toAmount(visitor),
    site: site === undefined ? NOTHING : toAmount(site),
  };
}
