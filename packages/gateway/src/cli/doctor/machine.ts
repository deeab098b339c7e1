/** Checks of the machine: Node, open files. */
import { readFileSync } from 'node:fs';
import { checkNodeVersion, UnsupportedNodeError } from '../../base/node-version.ts';
import { fault, ok, skipped, statusBeyond, type Finding } from './finding.ts';

/** What is known of the machine. Tests replace it. */
export interface Machine {
  nodeVersion: string;
  /** How many files a process may open; undefined where the system does not tell. */
  openFiles: number | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A time that never goes back, in milliseconds, for durations. */
  elapsedMs: () => number;
}

/** This machine. */
export const thisMachine = (): Machine => ({
  nodeVersion: process.versions.node,
  openFiles: readOpenFiles(),
  now: Date.now,
  elapsedMs: () => performance.now(),
});

/** Linux tells; Node has already raised the soft limit to the hard one. */
function readOpenFiles(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // another system
  }
}

/** Whether Node is new enough. */
export function checkNode({ nodeVersion }: Pick<Machine, 'nodeVersion'>): Finding {
  try {
    checkNodeVersion(nodeVersion);
    return ok('node version', `Node ${nodeVersion}.`);
  } catch (error) {
    if (!(error instanceof UnsupportedNodeError)) throw error;
    return fault('node version', error.message, 'Install a newer Node and start the gateway with it.');
  }
}

/** A viewer is one open file; some are for the databases, the upstream and uploads. */
const FEW_FILES = 4_096;
const TOO_FEW_FILES = 1_100;

/** Whether enough viewers can be connected. The limit is that of the shell: a service may have another. */
export function checkOpenFiles({ openFiles }: Pick<Machine, 'openFiles'>): Finding {
  const check = 'open files';
  if (openFiles === undefined) return skipped(check, 'This system does not tell its limit of open files.');
  const status = statusBeyond(-openFiles, { warning: -FEW_FILES, fault: -TOO_FEW_FILES });
  const found = `A process started here may open ${openFiles} files; each visitor who is connected takes one.`;
  const mend = `Raise the limit of the service to ${FEW_FILES} or more: LimitNOFILE in systemd, --ulimit nofile in Docker, ulimit -n in a shell.`;
  return { check, status, found, mend: status === 'ok' ? '' : mend };
}
