/** `rivulet restore`: puts a backup into an empty data folder, completely or not at all. */
import { mkdir, open, readFile, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { addFileGroups } from '../../files/disk-backup.ts';
import type { FileRecord } from '../../files/file-store.ts';
import { parseRecord } from '../../files/stored-record.ts';
import { openSqliteCopy, SQLITE_FILE } from '../../stores/sqlite-copy.ts';
import type { Config } from '../config.ts';
import { readArchive, type ReadMember } from './archive-reader.ts';
import { BackupError, explainFiles } from './backup-error.ts';
import { checkManifest } from './check-manifest.ts';
import { checkStore } from './check-store.ts';
import { openEmptyFolder } from './empty-folder.ts';
import {
  BACKUP_FORMAT,
  recordMember,
  FILES,
  HeaderSchema,
  memberKind,
  MEMBERS,
  type Manifest,
  type Member,
} from './members.ts';
import { STANDARD_STREAM } from './output.ts';

/** What `restore` needs. */
export interface RestoreOptions {
  /** Its data folder is filled. */
  config: Pick<Config, 'store' | 'dataFolder' | 'postgresUrl' | 'secret'>;
  /** The path of the backup; `-`: standard input. */
  source: string;
  /** Ends the work; nothing remains. */
  signal: AbortSignal;
}

/**
 * Restores a backup. Every sum is checked before anything appears in the data folder.
 * @returns the manifest of the backup
 * @throws {BackupError} when the backup cannot be used, or the data folder is not empty; the folder is as it was, unless the disk has
 *   failed while everything was moved into place: then no gateway starts on it
 */
export async function restore({ config, source, signal }: RestoreOptions): Promise<Manifest> {
  checkStore(config, 'restore');
  const input = await openInput(source);
  return explainFiles(config.dataFolder, async () => {
    const folder = await openEmptyFolder(config.dataFolder);
    try {
      const name = source === STANDARD_STREAM ? 'standard input' : source;
      const manifest = await unpack({ input, source: name, signal, folder: folder.path });
      await checkSecret(manifest, config, folder.path);
      signal.throwIfAborted();
      await folder.commit();
      return manifest;
    } finally {
      input.destroy();
      await folder.discard();
    }
  });
}

async function openInput(source: string): Promise<Readable> {
  if (source === STANDARD_STREAM) return process.stdin;
  try {
    return (await open(source, 'r')).createReadStream();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const why = code === 'ENOENT' ? 'there is no such file' : 'check the path and the rights of this user';
    throw new BackupError(`${source} cannot be read: ${why} (${code}).`, { cause: error });
  }
}

interface UnpackOptions {
  input: Readable;
  /** For errors. */
  source: string;
  signal: AbortSignal;
  /** Where the files are put. */
  folder: string;
}

/** Writes all members, then checks them against the manifest, and completes what is derived from them. */
async function unpack(options: UnpackOptions): Promise<Manifest> {
  const { source, folder } = options;
  let position = 0;
  const onMember = async (member: ReadMember) => {
    position += 1;
    if (position === 1 && member.name !== MEMBERS.header)
      throw new BackupError(`${source} is not a backup that rivulet backup has written.`);
    await writeMember(member, folder);
    if (position === 1) await checkFormat(join(folder, member.name), source);
  };
  const members = await readArchive({ ...options, onMember });
  const manifest = await checkManifest({ folder, source, members });
  checkDatabase(join(folder, SQLITE_FILE), manifest, source);
  await completeFiles(folder, members);
  await rm(join(folder, MEMBERS.header));
  await rm(join(folder, MEMBERS.manifest));
  return manifest;
}

/** @throws {BackupError} when the disk has too little space */
async function writeMember({ name, bytes, content }: ReadMember, folder: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  if (bytes > bavail * bsize)
    throw new BackupError(
      `${name} needs ${bytes} bytes, and the disk of the data folder has ${bavail * bsize} left; free some space, or name a folder on another disk.`,
    );
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Before the rest is read: another format may have other members. @throws {BackupError} */
async function checkFormat(file: string, source: string): Promise<void> {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), HeaderSchema), await readFile(file, 'utf8'));
  if (!read.success)
    throw new BackupError(`${source} is not a backup: its ${MEMBERS.header} cannot be read.`);
  const { format, gatewayVersion } = read.output;
  if (format !== BACKUP_FORMAT)
    throw new BackupError(
      `${source} has format ${format} of version ${gatewayVersion}, and this gateway reads format ${BACKUP_FORMAT}. Update the gateway.`,
    );
}

/** An older schema is migrated by the gateway that starts on it. @throws {StoreError} for a newer one, or a damaged file */
function checkDatabase(file: string, manifest: Manifest, source: string): void {
  const database = openSqliteCopy(file);
  database.close();
  if (database.schemaVersion !== manifest.schemaVersion)
    throw new BackupError(
      `${source} contradicts itself: schema version ${manifest.schemaVersion} in its manifest, ${database.schemaVersion} in its database; use another backup.`,
    );
}

/** Contents without a record belong to files that were erased while the backup was taken. */
async function completeFiles(folder: string, members: ReadonlyMap<string, Member>): Promise<void> {
  const records: FileRecord[] = [];
  for (const name of members.keys()) {
    const { fileId, isRecord } = memberKind(name) ?? {};
    if (fileId === undefined) continue;
    if (isRecord === true) records.push(parseRecord(await readFile(join(folder, name), 'utf8')));
    else if (!members.has(recordMember(fileId))) await rm(join(folder, name));
  }
  await addFileGroups(join(folder, FILES), records);
}

/** @throws {BackupError} when the restored gateway would sign with another secret */
async function checkSecret(
  { secret: where }: Manifest,
  { secret }: RestoreOptions['config'],
  folder: string,
): Promise<void> {
  const otherwise = 'otherwise visitors lose access to their conversations.';
  if (where === 'configuration') {
    if (secret !== undefined) return;
    throw new BackupError(
      `This backup holds no secret, because its gateway had one in its configuration: set RIVULET_SECRET to the same, ${otherwise}`,
    );
  }
  if (secret === undefined || (await readFile(join(folder, MEMBERS.secret), 'utf8')).trim() === secret)
    return;
  throw new BackupError(
    `This backup holds the secret of its gateway, and the configuration has another one, which would count more: unset RIVULET_SECRET and secret in the configuration file, ${otherwise}`,
  );
}
