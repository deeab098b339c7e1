/** The desk of the Postgres store. */
import { settleAsync } from '../base/index.ts';
import { deskPageOf, deskScanOf, toDeskColumns, toDeskFilter, type DeskStore } from './desk-store.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import { toRows } from './postgres-rows.ts';
import { searchText } from './search-text.ts';
import { isFoundIn, type RowReader } from './stored-row.ts';

/** Creates the desk of a database. */
export function createPostgresDesk(database: PostgresDatabase, rows: RowReader): DeskStore {
  return {
    change: ({ conversationId: id, next, message, nowMs }) =>
      settleAsync(() =>
        database.transaction('on-disk', async (query) => {
          // The condition reads other rows, so it must be evaluated when the lock is held: each statement sees what was committed before it.
          await query('lockDesk', [id]);
          const place =
            message === undefined ? [false, null, null] : [true, message.newestId, message.value.id];
          const values = [id, next.revision, JSON.stringify(next), ...toDeskColumns(next), ...place, nowMs];
          const { count } = await query('changeDesk', values);
          if (count === 0) return { end: 'roll-back', result: 'moved' as const };
          if (message !== undefined) await query('putMessages', [id, ...toRows([message.value])]);
          return { end: 'commit', result: 'changed' as const };
        }),
      ),
    list: (query) =>
      settleAsync(async () => {
        const { kind, personId, place } = toDeskFilter(query);
        const values = [query.siteId, query.status, kind, personId, ...place, query.limit];
        return (await database.query('listDesk', values)).rows.map((row) => rows.conversation(row));
      }),
    search: (query) =>
      settleAsync(async () => {
        const { kind, personId, place } = toDeskFilter(query);
        const page = [query.siteId, query.status, kind, personId, ...place, deskScanOf(query)];
        const { rows: found } = await database.query('searchDesk', [...page, searchText(query.text)]);
        const looked = found.map((row) => ({
          conversation: rows.conversation(row),
          isFound: isFoundIn(row),
        }));
        return deskPageOf(looked, query);
      }),
  };
}
