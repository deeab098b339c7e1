/** The data folder of the executable: it is created, checked, and holds the secret that signs visitor tokens. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFileFailure } from '../base/index.ts';
import type { Config } from './config.ts';
import { StartError } from './start-error.ts';

/** The system calls; tests replace them to fill the disk. */
export interface FileCalls {
  mkdirSync: typeof mkdirSync;
  writeFileSync: typeof writeFileSync;
}

/** The folder within a data folder in which a backup is unpacked. While it is there, the data folder is incomplete. */
export const RESTORING = 'restoring';

/**
 * Creates the folder, accessible to this user only, and writes a file into it to find out whether that is possible.
 * @throws {StartError} naming the folder, the cause and what to do
 */
export function prepareDataFolder(folder: string, files: FileCalls = { mkdirSync, writeFileSync }): void {
  if (existsSync(join(folder, RESTORING)))
    throw new StartError(
      `The data folder ${folder} (RIVULET_DATA) is incomplete: a backup is being restored into it, or a restore was cut off; wait for its end, or remove everything in the folder and restore again.`,
    );
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    files.mkdirSync(folder, { recursive: true, mode: 0o700 });
    files.writeFileSync(probe, 'x', { mode: 0o600 });
    rmSync(probe, { force: true });
  } catch (error) {
    const failure = describeFileFailure(error);
    if (failure === undefined) throw error;
    throw new StartError(`The data folder ${folder} (RIVULET_DATA) cannot be used: ${failure}.`);
  }
}

const SECRET_BYTES = 32;
/** The shortest secret that is accepted. */
export const MIN_SECRET_CHARS = 32;
const mintSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/**
 * The secret that signs visitor tokens and file URLs. It is created at the first start and kept in the data folder, so that
 * tokens stay valid after a restart.
 * @throws {StartError} when the file of the secret does not hold one
 */
export function readSecret({ secret, store, dataFolder }: Config): string {
  if (secret !== undefined) return secret;
  if (store === 'memory') return mintSecret();
  const file = join(dataFolder, 'secret.key');
  try {
    // `wx`: of two processes that start at the same time, one creates the file and both read it.
    writeFileSync(file, `${mintSecret()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const kept = readFileSync(file, 'utf8').trim();
  if (kept.length >= MIN_SECRET_CHARS) return kept;
  throw new StartError(
    `The file ${file} holds no secret of at least ${MIN_SECRET_CHARS} characters; restore it from a backup, or delete it for a new one, with which visitors lose access to their conversations.`,
  );
}
