/** The counters that Linux keeps for each process, read from `/proc`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The unit of the CPU time in `/proc/<pid>/stat`. */
const US_PER_TICK = 10_000;
const NS_PER_US = 1_000;
/** Places in `/proc/<pid>/stat` after the name of the program, see proc(5). */
const FIELD = { parent: 1, utime: 11, stime: 12, cutime: 13, cstime: 14 };

/**
 * The CPU time of all threads of a process so far, in microseconds: from the scheduler's nanoseconds for each thread, or without
 * them, as in some containers, from ticks of 10 ms.
 */
export function cpuUs(pid: number): number {
  if (!existsSync(`/proc/${pid}/schedstat`)) return ticksUs(statOf(pid), ['utime', 'stime']);
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) => parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return ns.reduce((sum, one) => sum + one, 0) / NS_PER_US;
}

/** The CPU time of a process and its child processes so far, those that have ended included, in microseconds. */
export function familyCpuUs(pid: number): number {
  const ended = ticksUs(statOf(pid), ['cutime', 'cstime']);
  return childrenOf(pid).reduce((sum, child) => sum + cpuUsOrNone(child), cpuUs(pid) + ended);
}

/** The resident memory of a process, in kB: its present size, or the largest. */
export function statusKb(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** A child process may end between the list and the read. Then its time is in that of its parent. */
function cpuUsOrNone(pid: number): number {
  try {
    return cpuUs(pid);
  } catch {
    return 0;
  }
}

function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
}

function ticksUs(stat: readonly string[], fields: readonly (keyof typeof FIELD)[]): number {
  return fields.reduce((sum, field) => sum + Number(stat[FIELD[field]]), 0) * US_PER_TICK;
}
