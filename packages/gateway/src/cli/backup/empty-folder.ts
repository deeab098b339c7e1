/**
 * The folder that a backup is restored into. Everything is written below `restoring` and moved at the end, because the folder may be
 * the root of a mounted disk, which cannot be replaced by renaming another one. While `restoring` is there, no gateway starts.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SQLITE_FILE, sqliteOwnerOf } from '../../stores/sqlite-copy.ts';
import { RESTORING } from '../data-folder.ts';
import { BackupError } from './backup-error.ts';
import { syncFolder } from './sync-folder.ts';

/** A folder that is being restored. */
export interface RestoringFolder {
  /** Where the files are written. */
  path: string;
  /** Moves everything into the folder. When it fails, some of it was moved. */
  commit(): Promise<void>;
  /** Removes everything that was written, unless some was moved: then `restoring` stays, so that no gateway starts with a part. */
  discard(): Promise<void>;
}

/** What a new file system has at its root. */
const IGNORED = new Set(['lost+found']);

/** Begins a restore. @throws {BackupError} when the folder is in use or not empty */
export async function openEmptyFolder(folder: string): Promise<RestoringFolder> {
  const isNew = !existsSync(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = readdirSync(folder).filter((name) => !IGNORED.has(name));
  if (found.length > 0) throw notEmpty(folder, found);
  const path = join(folder, RESTORING);
  await mkdir(path, { mode: 0o700 }); // fails when another restore has created it meanwhile
  let isMoving = false;
  return {
    path,
    commit: async () => {
      isMoving = true;
      // The database last: a folder without one has nothing of a gateway.
      const names = (await readdir(path)).filter((name) => name !== SQLITE_FILE);
      for (const name of [...names, SQLITE_FILE]) await rename(join(path, name), join(folder, name));
      await syncFolder(folder);
      await rmdir(path);
    },
    discard: async () => {
      if (isMoving) return;
      await rm(path, { recursive: true, force: true });
      if (isNew && readdirSync(folder).length === 0) await rmdir(folder);
    },
  };
}

function notEmpty(folder: string, found: readonly string[]): BackupError {
  if (found.includes(RESTORING))
    return new BackupError(
      `The data folder ${folder} holds ${RESTORING}, so another restore is running, or was cut off. When none is running, remove everything in the folder and restore again.`,
    );
  const owner = found.includes(`${SQLITE_FILE}.lock`) ? sqliteOwnerOf(folder) : undefined;
  const state = owner === undefined ? 'is not empty' : `is used by a gateway: ${owner}`;
  return new BackupError(
    `The data folder ${folder} ${state}. A backup is restored into an empty folder only: name another one with --data or RIVULET_DATA, or stop the gateway and move the folder away.`,
  );
}
