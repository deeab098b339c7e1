/** Starts processes for the end-to-end tests: a gateway as an operator runs it, and an upstream that tests control over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A Node process. It is killed when the test run exits. */
export interface Process {
  /** The process of `node:child_process`. */
  readonly child: ChildProcess;
  /** The complete lines of its standard output so far. */
  readonly lines: string[];
  /** Returns its standard error so far. */
  readonly errors: () => string;
  /**
   * Resolves with the first line of standard output that matches, including lines that were written before the call.
   * @throws {Error} when the process exits before such a line
   */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when the process has exited, with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Sends the signal and waits for the exit. @returns the exit code; null when a signal ended the process */
  end(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | null>;
}

/** Every process of this test file that still runs, so that a failed test leaves none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs Node with these arguments at the root of the repository, with no environment but `PATH`, `HOME` and the given one. */
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
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
          if (found) resolve(found);
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(
              new Error(`the process exited before it wrote ${pattern.source}: ${errors}${lines.join('\n')}`),
            );
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

/** A gateway that accepts connections. */
export interface GatewayProcess extends Process {
  /** Its address, with the scheme `http:`. */
  url: string;
  /** The port that it listens on. */
  port: number;
}

/**
 * Starts the built gateway, by default on a free port and without limits for visitors, and resolves when it listens.
 * @param main the path of the executable. Default: that of the working tree
 * @throws {Error} when the gateway exits first, with its output
 */
export async function startGateway(
  environment: Record<string, string>,
  args: string[] = [],
  main = 'packages/gateway/dist/src/cli/main.js',
): Promise<GatewayProcess> {
  const started = startProcess([main, ...args], {
    PORT: '0',
    RIVULET_RATE_LIMITS: 'off', // tests open many visitors from one address
    ...environment,
  });
  const [, url = ''] = await started.waitForOutput(/Rivulet is at (http:\/\/[\w.]+:\d+)/);
  return { ...started, url, port: Number(new URL(url).port) };
}

/** A scripted upstream in a process of its own. */
export interface UpstreamProcess extends Process {
  /** The base URL of its OpenAI-compatible API, for `OPENAI_BASE_URL`. */
  url: string;
  /** The origin of its control routes (`/control/…`). */
  origin: string;
}

/** Starts the scripted upstream on a free port, and resolves when it listens. */
export async function startUpstream(): Promise<UpstreamProcess> {
  const started = startProcess(['packages/gateway/src/testing/upstream/upstream-main.ts']);
  const [line] = await started.waitForOutput(/^\{.*\}$/);
  const { url, origin } = JSON.parse(line) as { url: string; origin: string };
  return { ...started, url, origin };
}

/** A temporary data folder for a gateway. */
export interface DataFolder {
  /** The folder's absolute path. */
  path: string;
  /** Removes the folder with everything in it. May be called twice. */
  remove(): void;
}

/** Creates a temporary data folder. The caller removes it after the gateway has exited. */
export function createDataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'rivulet-e2e-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
