/** Where a backup is written: a file that appears when it is complete, or standard output. */
import { existsSync } from 'node:fs';
import { link, mkdtemp, open, rename, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { BackupError } from './backup-error.ts';
import { syncFolder } from './sync-folder.ts';

/** The name that means standard output or input. */
export const STANDARD_STREAM = '-';

/** A backup that is being written. */
export interface BackupOutput {
  /** A new folder for temporary files, on the disk of the backup, accessible to this user only. */
  folder: string;
  /** Where the backup is written to. */
  stream: Writable;
  /** Makes the complete file appear under its name. @throws {BackupError} when there is a file of this name by now */
  commit(): Promise<void>;
  /** Removes what is temporary. Called at the end, however it has come. */
  discard(): Promise<void>;
}

/**
 * Opens the output of a backup.
 * @param target a path, or `-`
 * @throws {BackupError} when there is such a file already, or standard output is a terminal
 */
export async function openOutput(target: string): Promise<BackupOutput> {
  if (target === STANDARD_STREAM) return openStandardOutput();
  if (existsSync(target)) throw alreadyThere(target);
  const folder = await mkdtemp(`${target}.partial-`);
  const draft = join(folder, 'backup');
  try {
    const handle = await open(draft, 'wx', 0o600);
    return {
      folder,
      stream: handle.createWriteStream({ flush: true }),
      commit: () => publish(draft, target),
      discard: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Without replacing a file that was created meanwhile, where the file system has hard links. */
async function publish(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
    await unlink(draft);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw alreadyThere(target);
    if (existsSync(target)) throw error;
    await rename(draft, target);
  }
  await syncFolder(dirname(target));
}

async function openStandardOutput(): Promise<BackupOutput> {
  if (process.stdout.isTTY)
    throw new BackupError(
      'a backup is not text: name a file, or send standard output to a file or a program.',
    );
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-backup-'));
  return {
    folder,
    stream: standardOutput(),
    commit: () => Promise.resolve(),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `process.stdout` itself cannot be ended. */
function standardOutput(): Writable {
  // The callback below gets the same error. Without a listener it would end the process, and temporary files would remain.
  process.stdout.on('error', () => undefined);
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      process.stdout.write(chunk, (error) => {
        done(isClosed(error) ? closedEarly() : error);
      });
    },
  });
}

const isClosed = (error: Error | null | undefined): boolean => error?.message.includes('EPIPE') === true;

const closedEarly = (): BackupError =>
  new BackupError('Whoever reads standard output has ended before the backup was complete.');

const alreadyThere = (target: string): BackupError =>
  new BackupError(`${target} exists already; choose another name, or remove it first.`);
