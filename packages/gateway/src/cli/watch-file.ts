/** Notices that a file was changed, also when it was replaced, or when it is a link that points elsewhere now. */
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock, Timer } from '../base/index.ts';

/**
 * How often the file is looked at. Events of the operating system are not used: they are about the inode, so they end when an editor
 * replaces the file, miss the links that Kubernetes swaps, and do not exist on network disks.
 */
const LOOK_INTERVAL_MS = 200;

/** What tells one content of a file from the next without reading it. Empty when there is no such file. */
export type FileVersion = string;

const OPTIONS = { bigint: true } as const;
const versionOf = (status: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): FileVersion =>
  [status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ');

/** The version of a file now. Take it before the file is read, so that no change between the two is missed. */
export function fileVersion(path: string): FileVersion {
  const status = statSync(path, { ...OPTIONS, throwIfNoEntry: false });
  return status === undefined ? '' : versionOf(status);
}

/** What `watchFile` needs. */
export interface WatchOptions {
  clock: Clock;
  /** The version that is known already. */
  since: FileVersion;
  /** Called when the file is another one and two looks in a row have seen the same: an editor may empty a file before it writes it. */
  changed: () => void;
}

/** Looks at the file until it is stopped. @returns a function that stops it */
export function watchFile(path: string, { clock, since, changed }: WatchOptions): () => void {
  let reported = since;
  let seen = since;
  let isStopped = false;
  let timer: Timer;
  const look = async () => {
    const version = await stat(path, OPTIONS).then(versionOf, () => '');
    if (isStopped) return;
    const hasSettled = version === seen;
    seen = version;
    if (hasSettled && version !== reported) {
      reported = version;
      changed();
    }
    arm();
  };
  const arm = () => {
    timer = clock.after(LOOK_INTERVAL_MS, () => void look());
  };
  arm();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
