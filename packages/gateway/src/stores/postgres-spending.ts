/** The amounts of the Postgres store. Reservations are locked before amounts, and a visitor's amount before the site's, so that no two transactions wait for each other. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import type { PostgresDatabase, Query } from './postgres-database.ts';
import {
  minus,
  NOTHING,
  usedUp,
  type Amount,
  type BudgetAmounts,
  type BudgetKind,
  type ReservationChange,
  type SpendingStore,
} from './spending.ts';
import type { Owner } from './store.ts';
import { toAmount, toReservation } from './stored-row.ts';

const SpentRowSchema = v.object({ kind: v.picklist(['visitor', 'site']) });
const ReservedRowSchema = v.object({ site_id: v.string(), owner_id: v.string(), day: v.number() });

/** Creates the amounts of a database. A crash of the server may lose a change of the last 0.6 s. */
export function createPostgresSpending(database: PostgresDatabase): SpendingStore {
  const write = <Result>(work: (query: Query) => Promise<Result>) =>
    settleAsync(() =>
      database.transaction('soon', async (query) => ({ end: 'commit', result: await work(query) })),
    );
  return {
    reserve: (change) => write((query) => changeReservation(query, change)),
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
      write(async (query) => {
        await query('forgetReservations', [beforeDay]);
        await query('forgetSpent', [beforeDay]);
      }),
  };
}

async function changeReservation(
  query: Query,
  { conversationId, runId, amount, limits, note }: ReservationChange,
): Promise<'reserved' | BudgetKind> {
  const [row] = (await query('lockReservation', [conversationId, runId])).rows;
  if (row === undefined) return 'reserved';
  const before = toAmount(row);
  const place = placeOf(row);
  const more = minus(amount, before);
  const spent = await count(query, place, more);
  const refused = more.tokens > 0 || more.costPico > 0 ? usedUp(without(spent, amount), limits) : undefined;
  if (refused !== undefined) await count(query, place, minus(NOTHING, more));
  const { tokens, costPico } = refused === undefined ? amount : before;
  const json = note === undefined ? null : JSON.stringify(note);
  await query('changeReservation', [conversationId, runId, tokens, costPico, json]);
  return refused ?? 'reserved';
}

/** The amounts that the rows of `readSpent` and `addSpent` have. */
function toBudgetAmounts(rows: readonly unknown[]): BudgetAmounts {
  const of = (kind: BudgetKind) => rows.find((row) => v.parse(SpentRowSchema, row).kind === kind);
  const [visitor, site] = [of('visitor'), of('site')];
  return {
    visitor: visitor === undefined ? NOTHING : toAmount(visitor),
    site: site === undefined ? NOTHING : toAmount(site),
  };
}

interface Place {
  owner: Owner;
  day: number;
}

/** @returns what the amounts are now */
async function count(query: Query, { owner, day }: Place, amount: Amount): Promise<BudgetAmounts> {
  const { siteId, ownerId } = owner;
  const { rows } = await query('addSpent', [siteId, ownerId, day, amount.tokens, amount.costPico]);
  return toBudgetAmounts(rows);
}

const without = ({ visitor, site }: BudgetAmounts, amount: Amount): BudgetAmounts => ({
  visitor: minus(visitor, amount),
  site: minus(site, amount),
});

function placeOf(row: unknown): Place {
  const { site_id: siteId, owner_id: ownerId, day } = v.parse(ReservedRowSchema, row);
  return { owner: { siteId, ownerId }, day };
}
