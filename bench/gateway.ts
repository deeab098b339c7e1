/**
 * Measures the gateway under load, together with three baselines in the same interleaved rounds: `npm run bench -- gateway` takes
 * less than four minutes; `--full` also measures memory, the maximum number of streams, and what many viewers, long answers and long
 * conversations cost, in about forty minutes. `--only resume,idle` runs the named scenarios. It prints medians and ratios, and writes
 * the values of all rounds to bench/results/gateway.json.
 */
import { parseArgs } from 'node:util';
import { appends } from './gateway/appends.ts';
import { startChild } from './gateway/child.ts';
import { answerGrowth, conversationGrowth } from './gateway/growth.ts';
import { IDLE_CONNECTIONS, idle } from './gateway/idle.ts';
import { longAnswer } from './gateway/long-answer.ts';
import { connectionsProblem } from './gateway/open-files.ts';
import { nodes } from './gateway/nodes.ts';
import { remote } from './gateway/remote.ts';
import { Report } from './gateway/report.ts';
import { RETURNING_VIEWERS, resume } from './gateway/resume.ts';
import * as scenarios from './gateway/scenarios.ts';
import type { Scale, Scenario } from './gateway/scenarios.ts';
import { startTarget } from './gateway/targets/start-target.ts';
import { TARGET_NAMES, type Target, type TargetName } from './gateway/targets/target.ts';

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
/** Run with `--full`, or when they are named. */
const HEAVY: Record<string, Scenario> = {
  'live-memory': scenarios.liveMemory,
  capacity: scenarios.capacity,
  resume,
  idle,
  'answer-growth': answerGrowth,
  'conversation-growth': conversationGrowth,
  'long-answer': longAnswer,
  remote,
  nodes,
  appends,
};
/** The number of connections of the scenarios that may exceed the limit of open files. */
const CONNECTIONS = { resume: RETURNING_VIEWERS, idle: IDLE_CONNECTIONS };
const SCALE: Scale = { steadyMs: options.full ? 5_000 : 2_500, loneAnswers: 6, burstDeltas: 2_000 };
/** Run before the measurement, so that every target is in the state of a process that has served for some time. */
const WARM_UP: Scale = { steadyMs: 500, loneAnswers: 5, burstDeltas: 1_000 };

async function main(): Promise<void> {
  // Its processes are ended with this one, which the signals do not do by themselves.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const scenarioNames =
    options.only?.split(',') ?? Object.keys(options.full ? { ...SAMPLE, ...HEAVY } : SAMPLE);
  const chosen = scenarioNames.map((name): [string, Scenario] => [name, readScenario(name)]);
  checkConnections(scenarioNames);
  const rounds = readRounds(options.rounds);
  const names = options.targets.split(',').map(readTargetName);
  const upstream = await startChild(['bench/gateway/upstream.ts']);
  const targets: Target[] = [];
  for (const name of names) targets.push(await startTarget(name, upstream.url));
  for (const target of targets) await warmUp(target);
  const report = new Report();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, scenario] of chosen)
      for (const target of targets) report.add(name, target.name, await scenario(target, SCALE));
    report.write(); // a failure in a later round does not lose the values of this one
  }
  report.print(targets.map(({ name }) => name));
  for (const target of targets) await target.close();
  await upstream.end();
  if (report.hasFaults) process.exitCode = 1;
}

function readScenario(name: string): Scenario {
  const all: Record<string, Scenario> = { ...SAMPLE, ...HEAVY };
  return all[name] ?? fail(`--only: no scenario ${name}; one of ${Object.keys(all).join(', ')}`);
}

function checkConnections(chosen: readonly string[]): void {
  for (const [name, connections] of Object.entries(CONNECTIONS)) {
    const problem = chosen.includes(name) ? connectionsProblem(name, connections) : undefined;
    if (problem !== undefined) fail(problem);
  }
}

function readTargetName(text: string): TargetName {
  const name = TARGET_NAMES.find((one) => one === text);
  return name ?? fail(`--targets: no target ${text}; one of ${TARGET_NAMES.join(', ')}`);
}

function readRounds(text: string): number {
  const rounds = Number(text);
  return Number.isInteger(rounds) && rounds > 0
    ? rounds
    : fail(`--rounds: expected a number from 1, not ${text}`);
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}

async function warmUp(target: Target): Promise<void> {
  for (const scenario of [scenarios.lone, scenarios.burst, scenarios.steady]) await scenario(target, WARM_UP);
}

await main();
