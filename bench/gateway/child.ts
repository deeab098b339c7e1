/** Starts a process of the benchmark and measures it from outside with the counters of the operating system. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuUs, statusKb } from './process-counters.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A running process and its counters. */
export interface Child {
  /** The URL that it listens on, such as `http://127.0.0.1:8787`. */
  url: string;
  /** The CPU time of all its threads so far, in microseconds. */
  cpuUs(): number;
  /** Its current resident memory, in kB. */
  residentKb(): number;
  /** Begins a new measurement of `peakKb`. */
  resetPeak(): void;
  /** The largest resident memory since `resetPeak`, in kB. */
  peakKb(): number;
  /** Kills it with SIGKILL and waits for its end. */
  end(): Promise<void>;
}

/**
 * Starts a script of this repository and waits until it prints its URL.
 * @throws {Error} when it exits first; the message contains its standard error
 */
export async function startChild(args: string[], environment: Record<string, string> = {}): Promise<Child> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const url = await readUrl(child);
  const { pid = 0 } = child;
  return {
    url,
    cpuUs: () => cpuUs(pid),
    residentKb: () => statusKb(pid, 'VmRSS'),
    resetPeak: () => {
      writeFileSync(`/proc/${pid}/clear_refs`, '5'); // 5 resets the peak and nothing else, see proc(5)
    },
    peakKb: () => statusKb(pid, 'VmHWM'),
    async end() {
      process.off('exit', kill);
      kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Shows what the gateway logs as an error: it says why an answer was not delivered. */
function showErrors(log: string): void {
  for (const line of log.split('\n')) if (line.startsWith('{"level":50')) console.error(line);
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    const readStart = (text: string): void => {
      output += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (!url) return;
      child.stdout?.off('data', readStart).on('data', showErrors);
      resolve(url[0]);
    };
    child.stdout?.setEncoding('utf8').on('data', readStart);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('exit', (code) => {
      reject(
        new Error(`a process of the benchmark exited with ${code} before it printed its URL: ${errors}`),
      );
    });
  });
}
