/** How many events a second one gateway appends to one Redis. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AppendRate } from './append-load.ts';
import { NO_FAULTS } from './measure.ts';
import type { Scenario } from './scenarios.ts';

const SCRIPT = fileURLToPath(new URL('append-load.ts', import.meta.url));
const run = promisify(execFile);

/** 100 conversations through the event log alone, with each value of its setting `deliver`. */
export const appends: Scenario = async ({ services }, { steadyMs }) => {
  if (services === undefined) return null;
  const { redis } = services;
  const figures: Record<string, number> = {};
  for (const deliver of ['at-once', 'logged']) {
    const beforeUs = redis.cpuUs();
    const { stdout } = await run(process.execPath, [SCRIPT, redis.url, deliver, `${steadyMs}`]);
    const rate = JSON.parse(stdout) as AppendRate; // what the script prints
    figures[`${deliver}: appends a second`] = rate.appends / rate.seconds;
    figures[`${deliver}: cpu an append, event log us`] = rate.cpuUs / rate.appends;
    figures[`${deliver}: cpu an append, redis us`] = (redis.cpuUs() - beforeUs) / rate.appends;
  }
  return { figures, faults: NO_FAULTS };
};
