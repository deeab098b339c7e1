/** Builds an index of a table that is in use. */
import type * as pg from 'pg';
import type { IndexMigration } from './postgres-schema.ts';
import { run } from './postgres-schema-row.ts';

/** What there is of an index. */
interface IndexRow {
  is_valid: boolean;
  is_being_built: boolean;
}

/**
 * Builds an index while the table is written. A build that failed or was cut off leaves an invalid index, which is dropped. The
 * build waits for all older transactions, without a limit, because nobody waits for the build.
 *
 * Scenario: 1. a gateway builds the index, 2. it is killed, 3. the server goes on with the build, 4. another gateway finds the index
 * invalid. It asks in intervals until that build has ended: it must not wait in a statement, for which the build would wait.
 * @param pause resolves after an interval
 */
export async function buildIndex(
  client: pg.Client,
  { index, table, on }: Pick<IndexMigration, 'index' | 'table' | 'on'>,
  pause: () => Promise<void>,
): Promise<void> {
  const read = async () => (await run<IndexRow>(client, readIndex(index))).rows[0];
  let found = await read();
  for (; found?.is_being_built === true; found = await read()) await pause();
  if (found?.is_valid === true) return;
  await run(client, 'SET statement_timeout = 0; SET lock_timeout = 0');
  if (found !== undefined) await run(client, `DROP INDEX CONCURRENTLY ${index}`);
  await run(client, `${BUILD} ${index} ON ${table} ${on}`);
  // A connection pooler may give the connection to somebody else.
  await run(client, 'RESET statement_timeout; RESET lock_timeout');
}

const readIndex = (index: string): string =>
  `SELECT indisvalid AS is_valid,
      EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid = i.indexrelid) AS is_being_built
    FROM pg_index i WHERE indexrelid = to_regclass('${index}')`;

const BUILD = 'CREATE INDEX CONCURRENTLY';

/** Ends the builds of this database, also one whose gateway was killed. Only the one who holds the lock of migrations may run it. */
export const CANCEL_BUILDS = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND query LIKE '${BUILD} rivulet\\_%'`;
