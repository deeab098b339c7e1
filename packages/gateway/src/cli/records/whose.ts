/** Which records a command is about: one conversation, those of a visitor, or those of a site. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConversationIdSchema, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import { wrongUsage } from '../arguments.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { Config } from '../config.ts';
import { StartError } from '../start-error.ts';
import { openPostgresRecords } from '../../stores/postgres-records.ts';
import type { RecordReader, RecordsOf } from '../../stores/record-reader.ts';
import { SQLITE_FILE } from '../../stores/sqlite-copy.ts';
import { openSqliteRecords } from '../../stores/sqlite-records.ts';

/** What the flags name. */
export type Whose = { conversationId: ConversationId } | RecordsOf;

/** Reads `--conversation`, or `--site` and `--visitor`. @throws {ConfigError} when they name nothing, or two things */
export function whoseOf({ conversation, site, visitor }: CommandOptions): Whose {
  if (conversation !== undefined) {
    if (site !== undefined || visitor !== undefined)
      throw wrongUsage('expected --conversation alone, or --site and --visitor');
    const id = v.safeParse(ConversationIdSchema, conversation);
    if (!id.success) throw wrongUsage('--conversation: expected the id of a conversation, such as c_…');
    return { conversationId: id.output };
  }
  if (site === undefined || site === '' || visitor === '')
    throw wrongUsage(
      'expected --site with the id of a site, and --visitor for one visitor of it; or --conversation',
    );
  return { siteId: site, ownerId: visitor };
}

/** Opens what the configuration names, for reading. @throws {StartError | StoreError} when there is nothing, or it cannot be read */
export function openRecords({ store, postgresUrl, dataFolder }: Config): RecordReader {
  if (store === 'memory')
    throw new StartError(
      'The store is memory, which keeps nothing; set store to sqlite, or take it out of the configuration.',
    );
  if (postgresUrl !== undefined && store !== 'sqlite') return openPostgresRecords(postgresUrl);
  const file = join(dataFolder, SQLITE_FILE);
  if (existsSync(file)) return openSqliteRecords(file);
  throw new StartError(
    `There is no database ${file}; name the data folder of the gateway with --data or RIVULET_DATA.`,
  );
}

const PAGE = 500;

/** The ids of all conversations of a site or of a visitor. */
export async function* conversationIdsOf(
  reader: RecordReader,
  whose: RecordsOf,
): AsyncGenerator<ConversationId> {
  let after = '';
  for (;;) {
    const page = await reader.list(whose, { after, limit: PAGE });
    for (const { id } of page) yield id;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
