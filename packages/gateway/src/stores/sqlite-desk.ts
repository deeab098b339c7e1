/** The desk of the SQLite store: the work is done in the worker. */
import { settleAsync } from '../base/index.ts';
import { deskPageOf, deskScanOf, toDeskColumns, toDeskFilter, type DeskStore } from './desk-store.ts';
import { searchText } from './search-text.ts';
import type { MessageRow } from './sqlite-rows.ts';
import type { SqliteThread } from './sqlite-thread.ts';
import { isFoundIn, type RowReader } from './stored-row.ts';
import type { Message } from '@rivulet/protocol';

/** Creates the desk of an open file. @param toRow serialises a message */
export function createSqliteDesk(
  thread: SqliteThread,
  rows: RowReader,
  toRow: (message: Message) => MessageRow,
): DeskStore {
  return {
    change: ({ conversationId: id, next, message, nowMs }) =>
      settleAsync(() =>
        thread.call('changeDesk', {
          ...{ id, revision: next.revision, json: JSON.stringify(next), columns: toDeskColumns(next), nowMs },
          message: message && { row: toRow(message.value), newestId: message.newestId },
        }),
      ),
    list: (query) =>
      settleAsync(async () => {
        const { kind, personId, place } = toDeskFilter(query);
        const { siteId, status, limit } = query;
        const filter = [kind, kind, personId, personId] as const;
        return (await thread.call('listDesk', [siteId, status, ...filter, ...place, limit])).map((row) =>
          rows.conversation(row),
        );
      }),
    search: (query) =>
      settleAsync(async () => {
        const { kind, personId, place } = toDeskFilter(query);
        const filter = [kind, kind, personId, personId] as const;
        const text = searchText(query.text);
        const values = [text, text, query.siteId, query.status, ...filter, ...place, deskScanOf(query)];
        const found = await thread.call('searchDesk', values);
        const looked = found.map((row) => ({
          conversation: rows.conversation(row),
          isFound: isFoundIn(row),
        }));
        return deskPageOf(looked, query);
      }),
  };
}
