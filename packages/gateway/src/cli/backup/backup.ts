/** `rivulet backup`: copies the database, the files and the secret of a data folder into one file, while a gateway uses them. */
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createDiskFiles, type DiskFiles } from '../../files/disk-backup.ts';
import type { FileRecord } from '../../files/file-store.ts';
import { copySqlite, openSqliteCopy, SQLITE_FILE, type SqliteCopy } from '../../stores/sqlite-copy.ts';
import type { Config } from '../config.ts';
import { writeArchive, type ArchiveWriter } from './archive-writer.ts';
import { BackupError, explainFiles } from './backup-error.ts';
import { chooseRecords } from './choose-records.ts';
import { BACKUP_FORMAT, blobMember, FILES, MEMBERS, recordMember, type Manifest } from './members.ts';
import { openOutput } from './output.ts';
import { checkStore } from './check-store.ts';

/** What `backup` needs. */
export interface BackupOptions {
  /** Its store and data folder are backed up. */
  config: Pick<Config, 'store' | 'dataFolder' | 'postgresUrl' | 'secret'>;
  /** The path of the backup, which does not exist; `-`: standard output. */
  target: string;
  /** Of this gateway, for the manifest. */
  gatewayVersion: string;
  /** Ends the work; nothing remains. */
  signal: AbortSignal;
}

/**
 * Takes a backup. It holds everything that was stored when it began, and may hold what came meanwhile; never a part of a
 * transaction. The gateway need not run.
 * @returns the manifest
 * @throws {BackupError} when there is nothing to back up, or the target cannot be used
 * @throws {StoreError} when the database cannot be read
 */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const { config, target, signal } = options;
  checkStore(config, 'backup');
  const database = join(config.dataFolder, SQLITE_FILE);
  if (!existsSync(database))
    throw new BackupError(
      `There is no database ${database}; name the data folder of the gateway with --data or RIVULET_DATA.`,
    );
  return explainFiles(target, async () => {
    const output = await openOutput(target);
    try {
      let manifest: Manifest | undefined;
      const fill = async (archive: ArchiveWriter) => {
        manifest = await fillBackup(archive, {
          ...options,
          database,
          copy: join(output.folder, SQLITE_FILE),
        });
      };
      await writeArchive({ output: output.stream, fill, signal });
      if (manifest === undefined) throw new BackupError('The backup was not completed.');
      await output.commit();
      return manifest;
    } finally {
      await output.discard();
    }
  });
}

interface FillOptions extends BackupOptions {
  database: string;
  /** Where the copy of the database is put. */
  copy: string;
}

/**
 * Contents of files never change, so they are read before and after the database is copied: what a message of the copy names is in
 * the backup, unless it was both uploaded and erased in between.
 */
async function fillBackup(archive: ArchiveWriter, options: FillOptions): Promise<Manifest> {
  const { config, database, copy, gatewayVersion } = options;
  const described = { format: BACKUP_FORMAT, gatewayVersion, createdAt: new Date().toISOString() };
  const files = createDiskFiles(join(config.dataFolder, FILES));
  await archive.addText(MEMBERS.header, toText(described));
  const before = await addContents(archive, files);
  copySqlite(database, copy);
  await addFile(archive, MEMBERS.database, copy);
  await addContents(archive, files);
  const opened = openSqliteCopy(copy);
  try {
    const after = await readRecords(archive, files);
    const { records, missing } = chooseRecords({
      before,
      after,
      references: opened.fileReferences(),
      hasConversation: (id) => opened.hasConversation(id),
    });
    for (const record of records) await archive.addText(recordMember(record.id), JSON.stringify(record));
    const secret = await addSecret(archive, config);
    const manifest: Manifest = {
      ...described,
      store: 'sqlite',
      secret,
      ...countsOf(opened),
      files: records.length,
      missingFiles: missing,
      members: { ...archive.members },
    };
    await archive.addText(MEMBERS.manifest, toText(manifest));
    return manifest;
  } finally {
    opened.close();
  }
}

const countsOf = ({ schemaVersion, conversations, messages }: SqliteCopy) => ({
  schemaVersion,
  conversations,
  messages,
});

const toText = (value: object): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** Adds the content of every file that the archive does not have yet. @returns their records */
async function addContents(archive: ArchiveWriter, files: DiskFiles): Promise<Map<string, FileRecord>> {
  const added = new Map<string, FileRecord>();
  for (const id of await files.listIds()) {
    const name = blobMember(id);
    if (name in archive.members) continue;
    const record = await files.readRecord(id);
    const opened = record === undefined ? undefined : await files.openContent(id);
    if (record === undefined || opened === undefined) continue; // erased, or not complete
    await archive.add({ name, bytes: opened.sizeBytes, content: opened.content });
    added.set(id, record);
  }
  return added;
}

/** The records of the files whose content is in the archive, as they are now. */
async function readRecords(archive: ArchiveWriter, files: DiskFiles): Promise<Map<string, FileRecord>> {
  const found = new Map<string, FileRecord>();
  for (const id of await files.listIds()) {
    const record = blobMember(id) in archive.members ? await files.readRecord(id) : undefined;
    if (record !== undefined) found.set(id, record);
  }
  return found;
}

/** A gateway with a secret in its configuration has none in its folder, or one that it does not use. */
async function addSecret(
  archive: ArchiveWriter,
  { secret, dataFolder }: FillOptions['config'],
): Promise<Manifest['secret']> {
  if (secret !== undefined) return 'configuration';
  const file = join(dataFolder, MEMBERS.secret);
  if (!existsSync(file))
    throw new BackupError(
      `There is no ${file}, which signs the tokens of visitors; if the gateway has its secret from RIVULET_SECRET or its configuration file, give both commands the same.`,
    );
  await addFile(archive, MEMBERS.secret, file);
  return 'secret.key';
}

async function addFile(archive: ArchiveWriter, name: string, file: string): Promise<void> {
  const { size } = await stat(file);
  await archive.add({ name, bytes: size, content: createReadStream(file) });
}
