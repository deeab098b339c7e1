/** Real processes for the end-to-end tests: a gateway as an operator runs it, an upstream that a test can script. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Process {
  readonly child: ChildProcess;
  /** All that it wrote to standard output, line by line. */
  readonly lines: string[];
  /** All that it wrote to standard error. */
  readonly errors: () => string;
  /** Resolves with the first line that fits, also one of the past. @throws {Error} when the process ends before */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves at its end with the exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it and waits for its end. @returns the exit code, null when a signal ended it */
  end(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | null>;
}

/** Every process of this test file that is still there, so that a failed test leaves none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProcess(args: string[], environment: Record<string, string> = {}): Process {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: string[] = [];
  const checks = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const check of checks) check();
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
      for (const check of checks) check();
    });
  });
  return {
    child,
    lines,
    errors: () => errors,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
          if (found) resolve(found);
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`ended before ${pattern.source}: ${errors}${lines.join('\n')}`));
          } else return;
          checks.delete(check);
        };
        checks.add(check);
        check();
      }),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

export interface GatewayProcess extends Process {
  url: string;
  port: number;
}

export async function startGateway(
  environment: Record<string, string>,
  args: string[] = [],
): Promise<GatewayProcess> {
  const started = startProcess(['packages/gateway/dist/src/cli/main.js', ...args], {
    PORT: '0',
    ...environment,
  });
  const [url = ''] = await started.line(/http:\/\/[\w.]+:\d+/);
  return { ...started, url, port: Number(new URL(url).port) };
}

export interface UpstreamProcess extends Process {
  /** For OPENAI_BASE_URL. */
  url: string;
  /** Where the control routes are. */
  origin: string;
}

export async function startUpstream(): Promise<UpstreamProcess> {
  const started = startProcess(['packages/gateway/src/testing/upstream/upstream-main.ts']);
  const [line] = await started.line(/^\{.*\}$/);
  const { url, origin } = JSON.parse(line) as { url: string; origin: string };
  return { ...started, url, origin };
}

/** A data folder that is gone after the tests. */
export function createDataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'rivulet-e2e-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
