/** What was edited of the sites in the console, as the store of a configuration has it: read without a gateway. */
import { join } from 'node:path';
import type { SiteEdit } from '../stores/site-edits.ts';
import { readPostgresSiteEdits, readSqliteSiteEdits } from '../stores/read-site-edits.ts';
import { SQLITE_FILE } from '../stores/sqlite-copy.ts';
import type { Config } from './config.ts';

/** The edits, or why they are not known. */
export type KeptEdits = { edits: readonly SiteEdit[] } | { problem: string };

/** Nothing was edited, or nobody asks. */
export const NO_EDITS: KeptEdits = { edits: [] };

/** Reads the edits. It does not reject: a configuration can be checked without its database. */
export async function readKeptEdits({
  store,
  postgresUrl,
  dataFolder,
}: Pick<Config, 'store' | 'postgresUrl' | 'dataFolder'>): Promise<KeptEdits> {
  try {
    if (store === 'memory') return NO_EDITS;
    if (postgresUrl !== undefined && store !== 'sqlite')
      return { edits: await readPostgresSiteEdits(postgresUrl) };
    return { edits: readSqliteSiteEdits(join(dataFolder, SQLITE_FILE)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
