/** Reads the records of a Postgres store. */
import { settleAsync, silentLogger } from '../base/index.ts';
import { toFacts } from './console-rows.ts';
import { openPostgres } from './postgres-database.ts';
import type { RecordReader } from './record-reader.ts';
import { createRowReader } from './stored-row.ts';

/** Creates the reader. Calls reject when the database lacks migrations; none is applied. */
export function openPostgresRecords(connectionString: string): RecordReader {
  const database = openPostgres({ connectionString, migrate: 'refuse', poolSize: 1 });
  const reader = createRowReader(silentLogger);
  return {
    list: ({ siteId, ownerId = null }, { after, limit }) =>
      settleAsync(async () => {
        const { rows } = await database.query('listRecords', [siteId, ownerId, after, limit]);
        return rows.map((row) => reader.conversation(row));
      }),
    read: (id) =>
      settleAsync(async () => {
        const [row] = (await database.query('readConversation', [id, null, null])).rows;
        if (row === undefined) return undefined;
        const { rows } = await database.query('readMessages', [id]);
        const runs = (await database.query('readFacts', [id])).rows.flatMap(toFacts);
        return { ...reader.conversation(row), messages: reader.messages(rows), runs };
      }),
    close: () => database.close(),
  };
}
