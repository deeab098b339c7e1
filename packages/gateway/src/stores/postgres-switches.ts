/** The switches of sites in the Postgres store. */
import { settleAsync } from '../base/index.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import type { RowReader } from './stored-row.ts';
import type { SwitchStore } from './switch-store.ts';

/** Creates the switches of an open database. */
export function createPostgresSwitches(database: PostgresDatabase, rows: RowReader): SwitchStore {
  return {
    keep: ({ siteId, disabled, atMs }) =>
      settleAsync(() =>
        database.transaction('on-disk', async (query) => {
          await query('keepSwitch', [siteId, JSON.stringify(disabled), atMs]);
          return { end: 'commit', result: undefined };
        }),
      ),
    list: () => settleAsync(async () => rows.switches((await database.query('listSwitches', [])).rows)),
  };
}
