/**
 * Measures the gateway under load, together with three baselines in the same interleaved rounds: `npm run bench -- gateway` takes
 * less than four minutes; `--full` also measures memory and the maximum number of streams. It prints medians and ratios, and writes
 * the values of all rounds to bench/results/gateway.json.
 */
import { parseArgs } from 'node:util';
import { startChild } from './gateway/child.ts';
import { Report } from './gateway/report.ts';
import * as scenarios from './gateway/scenarios.ts';
import type { Scale, Scenario } from './gateway/scenarios.ts';
import { startTarget } from './gateway/targets/start-target.ts';
import type { Target, TargetName } from './gateway/targets/target.ts';

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    targets: { type: 'string', default: 'pipe,naive,socket.io,rivulet' },
  },
});

const SAMPLE: Record<string, Scenario> = {
  lone: scenarios.lone,
  steady: scenarios.steady,
  rush: scenarios.rush,
  burst: scenarios.burst,
  'fan-out': scenarios.fanOut,
};
const HEAVY: Record<string, Scenario> = { 'live-memory': scenarios.liveMemory, capacity: scenarios.capacity };
const SCALE: Scale = { steadyMs: options.full ? 5_000 : 2_500, loneAnswers: 6, burstDeltas: 2_000 };
/** Run before the measurement, so that every target is in the state of a process that has served for some time. */
const WARM_UP: Scale = { steadyMs: 500, loneAnswers: 5, burstDeltas: 1_000 };

async function main(): Promise<void> {
  const chosen = Object.entries({ ...SAMPLE, ...(options.full || options.only ? HEAVY : {}) }).filter(
    ([name]) => options.only === undefined || options.only.split(',').includes(name),
  );
  const upstream = await startChild(['bench/gateway/upstream.ts']);
  const targets: Target[] = [];
  for (const name of options.targets.split(',') as TargetName[])
    targets.push(await startTarget(name, upstream.url));
  for (const target of targets) await warmUp(target);
  const report = new Report();
  for (let round = 1; round <= Number(options.rounds); round += 1)
    for (const [name, scenario] of chosen)
      for (const target of targets) report.add(name, target.name, await scenario(target, SCALE));
  report.print(targets.map(({ name }) => name));
  report.write();
  for (const target of targets) await target.close();
  await upstream.end();
  if (report.hasFaults) process.exitCode = 1;
}

async function warmUp(target: Target): Promise<void> {
  for (const scenario of [scenarios.lone, scenarios.burst, scenarios.steady]) await scenario(target, WARM_UP);
}

await main();
