/** Says what to do when the file of a SQLite store cannot be opened. */
import { describeFileFailure } from '../base/index.ts';

/** By what SQLite says. Its own codes do not reach the main thread. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [
    /readonly|read-only/,
    'give this user the right to write the file and its folder, or choose another folder',
  ],
  [/unable to open/, 'check that its folder exists and that this user may write there'],
  [/is full/, 'free some disk space'],
  [/not a database|malformed/, 'restore it from a backup, or move it away for an empty one'],
  [/locked/, 'stop the other program that writes it'],
  [
    /I\/O error/,
    'check the disk, its free space, and that it supports file locks, which some network disks do not',
  ],
];

/** What is wrong with the file and what to do, to follow its name. */
export function explainSqlite(error: Error): string {
  const failure = describeFileFailure(error);
  if (failure !== undefined) return failure;
  const remedy = TEXTS.find(([pattern]) => pattern.test(error.message))?.[1];
  return remedy === undefined ? error.message : `${error.message}; ${remedy}`;
}
