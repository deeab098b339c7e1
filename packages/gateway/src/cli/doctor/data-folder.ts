/** Checks of the data folder: whether it can be used, who may read it, and how much room there is. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { MIN_SECRET_CHARS, prepareDataFolder } from '../data-folder.ts';
import { describeStartError } from '../start-error.ts';
import { fault, ok, skipped, statusBeyond, warning, type Finding } from './finding.ts';

/** How much room a folder has. Tests replace it. */
export type FreeBytes = (folder: string) => Promise<number>;

/** What this user may still write. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What others of the machine may do. */
const OTHERS = 0o007;
const GROUP_WRITES = 0o020;
const MIB = 2 ** 20;
/** SQLite needs room for its log beside the database; below, writes begin to fail. */
const SPACE = { warning: -2_048 * MIB, fault: -256 * MIB };

/** Looks at the folder. A folder that is missing is not created. */
export async function checkDataFolder(
  { store, postgresUrl, dataFolder, secret }: Config,
  freeBytes: FreeBytes,
): Promise<Finding[]> {
  if (store === 'memory')
    return [
      warning(
        'store',
        'The store is memory: all conversations are lost when the gateway ends.',
        'Set RIVULET_STORE to sqlite, or RIVULET_POSTGRES_URL.',
      ),
    ];
  if (!existsSync(dataFolder))
    return [skipped('data folder', `${dataFolder} does not exist yet; the first start creates it.`)];
  try {
    prepareDataFolder(dataFolder);
  } catch (error) {
    const mend = 'Give the user of the service a folder that it may write, in RIVULET_DATA.';
    return [fault('data folder', describeStartError(error), mend)];
  }
  const usesSqlite = (store ?? (postgresUrl === undefined ? 'sqlite' : 'postgres')) === 'sqlite';
  return [
    ok('data folder', `${dataFolder} can be written.`),
    checkAccess(dataFolder),
    ...(secret === undefined ? [checkSecretFile(join(dataFolder, 'secret.key'))] : []),
    await checkSpace(dataFolder, freeBytes, usesSqlite ? 'the database and the files' : 'the files'),
  ];
}

function checkAccess(folder: string): Finding {
  const check = 'data folder access';
  const mode = statSync(folder).mode & 0o777;
  const shown = mode.toString(8).padStart(3, '0');
  if ((mode & (OTHERS | GROUP_WRITES)) === 0) return ok(check, `Others may not enter ${folder} (${shown}).`);
  return fault(
    check,
    `Other users of this machine may read or change what is in ${folder} (${shown}): conversations, files and the secret.`,
    `chmod 700 ${folder}`,
  );
}

function checkSecretFile(file: string): Finding {
  const check = 'secret file';
  if (!existsSync(file)) return skipped(check, `${file} does not exist yet; the first start creates it.`);
  if (readFileSync(file, 'utf8').trim().length < MIN_SECRET_CHARS)
    return fault(
      check,
      `${file} holds no secret of at least ${MIN_SECRET_CHARS} characters: the gateway does not start.`,
      'Restore it from a backup, or delete it for a new one, with which visitors lose access to their conversations.',
    );
  const isOpen = (statSync(file).mode & 0o077) !== 0;
  if (!isOpen) return ok(check, `${file} can be read by its owner only.`);
  const found = `Others may read ${file}, with which they can sign tokens of any visitor.`;
  return fault(check, found, `chmod 600 ${file}`);
}

async function checkSpace(folder: string, freeBytes: FreeBytes, what: string): Promise<Finding> {
  const free = await freeBytes(folder);
  const status = statusBeyond(-free, SPACE);
  const found = `The disk of ${folder} has ${Math.floor(free / MIB)} MiB left for ${what}.`;
  const mend = 'Free some space or use a larger disk; RIVULET_RETENTION_DAYS erases old conversations.';
  return { check: 'disk space', status, found, mend: status === 'ok' ? '' : mend };
}
