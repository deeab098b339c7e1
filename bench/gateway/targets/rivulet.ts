/** The gateway with its defaults as a target. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../child.ts';
import { visitorsOf } from './rivulet-visitors.ts';
import type { Target } from './target.ts';

/** Starts the built gateway with its default adapters: SQLite on disk and an event log in memory. */
export async function startRivulet(upstreamUrl: string): Promise<Target> {
  const data = createDataFolder();
  const child = await startGateway(upstreamUrl, data);
  return {
    name: 'rivulet',
    child,
    ...visitorsOf(child.url),
    startAnother: () => startRivulet(upstreamUrl),
    async close() {
      await child.end();
      rmSync(data, { recursive: true });
    },
  };
}

/** Creates an empty folder for a gateway. */
export const createDataFolder = (): string => mkdtempSync(join(tmpdir(), 'rivulet-bench-'));

/** Starts the built gateway on any port. @param settings further environment variables */
export function startGateway(
  upstreamUrl: string,
  dataFolder: string,
  settings: Record<string, string> = {},
): Promise<Child> {
  return startChild(['packages/gateway/dist/src/cli/main.js'], {
    PORT: '0',
    NODE_ENV: 'production',
    RIVULET_DATA: dataFolder,
    RIVULET_RATE_LIMITS: 'off', // all visitors of a benchmark have one address
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
    ...settings,
  });
}
