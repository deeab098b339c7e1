/** Runs seeded histories on deployments that several of them share, and summarizes the results. */
import { History, type Outcome } from './history.ts';
import type { Deployment } from './deployment.ts';

/** The result of one history. */
export interface HistoryResult {
  /** The seed that reproduces the choices of the history. */
  seed: number;
  /** What happened in the history; incomplete when it hung. */
  outcome: Outcome;
  /** What the history waited for when it hung; absent when it ended. */
  hungWaitingFor?: string;
  /** Whether the conversation was unchanged after every process of the deployment was killed with SIGKILL. */
  isPersisted: boolean;
}

/** The results of all histories. */
export interface RunResults {
  /** One result for each history. */
  histories: readonly HistoryResult[];
  /** Failures of the deployments themselves. */
  deploymentFailures: readonly string[];
}

/** Which histories to run, and how many at once. */
export interface RunOptions {
  /** One history for each seed. */
  seeds: readonly number[];
  /** Opens a deployment. `runHistories` closes it. */
  open: () => Promise<Deployment>;
  /** The number of deployments that run at the same time. */
  lanes: number;
  /** The number of histories that run at the same time on one deployment, so that a fault affects several of them. */
  concurrency: number;
  /** When to give up on a history, in milliseconds. One that does not hang takes a few seconds. */
  hangTimeoutMs: number;
  /** No history starts later than this after the start of the run, in milliseconds. Default: no limit. */
  budgetMs?: number;
}

/** Runs the histories, then restarts each deployment and checks that it has persisted every conversation. */
export async function runHistories(options: RunOptions): Promise<RunResults> {
  const { seeds, lanes, budgetMs = Infinity } = options;
  const waiting = [...seeds];
  const untilMs = Date.now() + budgetMs;
  const next = () => (Date.now() < untilMs ? waiting.shift() : undefined);
  const results = await Promise.all(Array.from({ length: lanes }, () => runLane(options, next)));
  return {
    histories: results.flatMap(({ histories }) => histories),
    deploymentFailures: results.flatMap(({ deploymentFailures }) => deploymentFailures),
  };
}

async function runLane(
  { open, concurrency, hangTimeoutMs }: RunOptions,
  next: () => number | undefined,
): Promise<RunResults> {
  const deployment = await open();
  const ended: { seed: number; history: History; hungWaitingFor?: string }[] = [];
  const runQueued = async () => {
    for (let seed = next(); seed !== undefined; seed = next()) {
      const history = new History(seed, deployment);
      ended.push({ seed, history, ...(await runOrHang(history, hangTimeoutMs)) });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, runQueued));
    const deploymentFailures = await deployment.failures();
    await deployment.restartAll();
    const histories: HistoryResult[] = [];
    for (const { history, ...one } of ended) {
      const isPersisted = one.hungWaitingFor === undefined && (await history.isPersisted());
      histories.push({ ...one, outcome: history.outcome, isPersisted });
    }
    return { histories, deploymentFailures };
  } finally {
    await deployment.close();
  }
}

async function runOrHang(history: History, hangTimeoutMs: number): Promise<{ hungWaitingFor?: string }> {
  const hung = Promise.withResolvers<{ hungWaitingFor: string }>();
  const timer = setTimeout(() => {
    hung.resolve({ hungWaitingFor: history.waitingFor });
    history.close();
  }, hangTimeoutMs);
  try {
    return await Promise.race([history.run().then(() => ({})), hung.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Summarizes the results in one line for the log. */
export function summarizeResults({ histories, deploymentFailures }: RunResults): string {
  const outcomes = histories.map(({ outcome }) => outcome);
  const count = (name: 'lost' | 'duplicated' | 'endedTwice' | 'unfinished') =>
    outcomes.reduce((sum, outcome) => sum + outcome[name].length, 0);
  const faults = Object.entries(
    Object.groupBy(
      outcomes.flatMap((outcome) => outcome.faults),
      (name) => name,
    ),
  );
  const tabs = outcomes.reduce((sum, { transports }) => sum + transports.length, 0);
  return [
    `${histories.length} histories, ${tabs} tabs on 3 transports`,
    `faults: ${faults.map(([name, all = []]) => `${name} ${all.length}`).join(', ')}`,
    `lost ${count('lost')}, duplicated ${count('duplicated')}, ended twice ${count('endedTwice')}, unfinished ${count('unfinished')}`,
    `every tab equal to the store in ${histories.filter(({ hungWaitingFor }) => hungWaitingFor === undefined).length}, the store unchanged by SIGKILL in ${histories.filter(({ isPersisted }) => isPersisted).length} of ${histories.length}; unexpected gateway exits and runs with two ends in the log: ${deploymentFailures.length}`,
  ].join('; ');
}

/** The results that violate an invariant, each with the setting that replays it; empty when everything is correct. */
export function failedHistories({ histories, deploymentFailures }: RunResults): object[] {
  const isFailed = ({
    isPersisted,
    hungWaitingFor,
    outcome: { lost, duplicated, endedTwice, unfinished },
  }: HistoryResult) =>
    !isPersisted ||
    hungWaitingFor !== undefined ||
    [lost, duplicated, endedTwice, unfinished].some((list) => list.length > 0);
  const failed = histories
    .filter(isFailed)
    .map(({ seed, outcome, ...rest }) => ({ replay: `RIVULET_SEED=${seed}`, ...rest, ...outcome }));
  return deploymentFailures.length === 0 ? failed : [...failed, { deploymentFailures }];
}
