/** The switches of sites in the SQLite store: the work is done in the worker. */
import { settleAsync } from '../base/index.ts';
import type { SqliteThread } from './sqlite-thread.ts';
import type { RowReader } from './stored-row.ts';
import type { SwitchStore } from './switch-store.ts';

/** Creates the switches of an open file. */
export function createSqliteSwitches(thread: SqliteThread, rows: RowReader): SwitchStore {
  return {
    keep: ({ siteId, disabled, atMs }) => thread.call('keepSwitch', siteId, JSON.stringify(disabled), atMs),
    list: () => settleAsync(async () => rows.switches(await thread.call('listSwitches'))),
  };
}
