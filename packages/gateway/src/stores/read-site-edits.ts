/** Reads the edits of sites from another process than a gateway's, without changing anything. */
import { existsSync } from 'node:fs';
import { settleAsync } from '../base/index.ts';
import { openPostgres } from './postgres-database.ts';
import type { SiteEdit } from './site-edits.ts';
import { openForReading } from './sqlite-copy.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { toSiteEdit } from './sql-site-edits.ts';
import { StoreError } from './store-error.ts';

/** The edits in a SQLite file; none when there is no such file, or no gateway of this version has used it. @throws {StoreError} */
export function readSqliteSiteEdits(file: string): SiteEdit[] {
  if (!existsSync(file)) return [];
  try {
    const database = openForReading(file);
    try {
      const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'site_edits'").get();
      if (table === undefined) return [];
      return database.prepare('SELECT * FROM site_edits ORDER BY site_id').all().map(toSiteEdit);
    } finally {
      database.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const problem = `The database file ${file} cannot be read: ${explainSqlite(error)}`;
    throw new StoreError('unavailable', problem, error);
  }
}

/** Long for a database that answers, and short for somebody who waits. */
const MAX_WAIT_MS = 3_000;

/** The edits in a database. Rejects when it cannot be reached, or lacks migrations. */
export async function readPostgresSiteEdits(connectionString: string): Promise<SiteEdit[]> {
  const database = openPostgres({
    connectionString,
    migrate: 'refuse',
    ...{ poolSize: 1, maxWaitMs: MAX_WAIT_MS, queryTimeoutMs: MAX_WAIT_MS },
  });
  try {
    return await settleAsync(async () => (await database.query('listSiteEdits', [])).rows.map(toSiteEdit));
  } finally {
    await database.close();
  }
}
