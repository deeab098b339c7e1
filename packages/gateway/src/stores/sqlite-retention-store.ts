/** Retention of the SQLite store, as the gateway uses it: the work is done in the worker. */
import { settleAsync } from '../base/index.ts';
import { toErased, toExpired, toHold } from './retention-rows.ts';
import type { RetentionStore } from './retention.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** Creates the retention of an open file. */
export function createSqliteRetention(thread: SqliteThread): RetentionStore {
  return {
    listExpired: (expiry, limit) =>
      settleAsync(async () => (await thread.call('listExpired', expiry, limit)).map(toExpired)),
    eraseExpired: (expiry, ids) =>
      settleAsync(async () => {
        const erased = new Set(await thread.call('eraseExpired', expiry, ids));
        return ids.filter((id) => erased.has(id));
      }),
    listErased: (limit) => settleAsync(async () => (await thread.call('listErased', limit)).map(toErased)),
    forgetErased: (ids) => thread.call('forgetErased', ids),
    hold: (hold) => thread.call('hold', hold),
    liftHold: (id) => thread.call('liftHold', id),
    listHolds: (limit, after = '') =>
      settleAsync(async () => (await thread.call('listHolds', limit, after)).map(toHold)),
    claimJob: (claim) => thread.call('claimJob', claim),
    finishJob: (job) => thread.call('finishJob', job),
  };
}
