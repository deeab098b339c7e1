/** The amounts of the SQLite store, as the gateway uses them: the work is done in the worker. */
import { settleAsync } from '../base/index.ts';
import type { SpendingStore } from './spending.ts';
import type { SqliteThread } from './sqlite-thread.ts';
import { toReservation } from './stored-row.ts';

/** Creates the amounts of an open file. */
export function createSqliteSpending(thread: SqliteThread): SpendingStore {
  return {
    addReservation: ({ owner, ...added }) =>
      settleAsync(() => thread.call('addReservation', { ...added, ...owner })),
    removeReservation: (conversationId, runId) =>
      settleAsync(() => thread.call('removeReservation', conversationId, runId)),
    reserve: ({ note, ...change }) =>
      settleAsync(() =>
        thread.call('reserve', { ...change, note: note === undefined ? null : JSON.stringify(note) }),
      ),
    readReservation: (conversationId, runId) =>
      settleAsync(async () => {
        const row = await thread.call('readReservation', conversationId, runId);
        return row === undefined ? undefined : toReservation(row);
      }),
    readSpent: ({ siteId, ownerId }, day) => thread.call('readSpent', siteId, ownerId, day),
    forgetSpent: (beforeDay) => thread.call('forgetSpent', beforeDay),
  };
}
