/** Starts a process of the benchmark and measures it from outside with the counters of the operating system. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Linux counts CPU time in ticks of 10 ms. */
const US_PER_TICK = 10_000;

/** A running process and its counters. */
export interface Child {
  /** The URL that it listens on, such as `http://127.0.0.1:8787`. */
  url: string;
  /** The CPU time of all its threads so far, in microseconds. */
  cpuUs(): number;
  /** Its current resident memory, in kB. */
  residentKb(): number;
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
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await readUrl(child);
  const { pid = 0 } = child;
  return {
    url,
    cpuUs: () => cpuTicks(pid) * US_PER_TICK,
    residentKb: () => residentKb(pid),
    async end() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (url) resolve(url[0]);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('exit', (code) => {
      reject(
        new Error(`a process of the benchmark exited with ${code} before it printed its URL: ${errors}`),
      );
    });
  });
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]); // utime and stime
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
