/** Retention of the Postgres store. */
import { settleAsync } from '../base/index.ts';
import type { Durability, PostgresDatabase, Rows } from './postgres-database.ts';
import type { StatementName } from './postgres-statements.ts';
import { toErased, toExpired, toHold } from './retention-rows.ts';
import type { RetentionStore } from './retention.ts';

/** Creates the retention of a database. A crash of the server may lose a claim, or the end of one, of the last 0.6 s. */
export function createPostgresRetention(database: PostgresDatabase): RetentionStore {
  const read = async (name: StatementName, values: readonly unknown[]) =>
    (await database.query(name, values)).rows;
  const write = (durability: Durability, name: StatementName, values: readonly unknown[]): Promise<Rows> =>
    settleAsync(() =>
      database.transaction(durability, async (query) => ({
        end: 'commit',
        result: await query(name, values),
      })),
    );
  return {
    listExpired: ({ siteId, beforeMs }, limit) =>
      settleAsync(async () => (await read('listExpired', [siteId, beforeMs, limit])).map(toExpired)),
    eraseExpired: ({ siteId, beforeMs }, ids) =>
      settleAsync(async () =>
        (await write('on-disk', 'eraseExpired', [siteId, beforeMs, ids])).rows.map(toErased),
      ),
    listErased: (limit) => settleAsync(async () => (await read('listErased', [limit])).map(toErased)),
    async forgetErased(ids) {
      await write('soon', 'forgetErased', [ids]);
    },
    hold: async ({ conversationId, sinceMs, reason }) =>
      (await write('on-disk', 'hold', [conversationId, sinceMs, JSON.stringify(reason)])).count > 0,
    liftHold: async (id) => (await write('on-disk', 'liftHold', [id])).count > 0,
    listHolds: (limit, after = '') =>
      settleAsync(async () => (await read('listHolds', [after, limit])).map(toHold)),
    claimJob: async ({ name, holder, nowMs, untilMs, dueSinceMs }) =>
      (await write('soon', 'claimJob', [name, holder, untilMs, dueSinceMs, nowMs])).count > 0,
    async finishJob({ name, holder, nowMs }) {
      await write('soon', 'finishJob', [name, holder, nowMs]);
    },
  };
}
