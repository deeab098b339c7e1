/** The memory and the CPU time of processes, as the kernel counts them. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** The resident memory of a process, now and at its peak, in MB. Linux only. */
export function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}

/** The CPU time that all threads of a process have used so far, in milliseconds. It says what work costs on a busy machine, too. */
export function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) => parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}
