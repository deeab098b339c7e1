/** Runs seeded histories on deployments that several of them share. */
import { History } from './history.ts';
import type { Deployment } from './deployment.ts';
import type { Outcome } from './outcome.ts';

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
  /** What happened in each deployment; empty when there is nothing to say. */
  deployments: readonly string[];
  /** How long everything took, in milliseconds. */
  durationMs: number;
}

/** Which histories to run, and how many at once. */
export interface RunOptions {
  /** One history for each seed. */
  seeds: readonly number[];
  /** Opens a deployment. `runHistories` closes it. @param seed determines what is random in the deployment itself */
  open: (seed: number) => Promise<Deployment>;
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
  const startedAtMs = Date.now();
  const untilMs = startedAtMs + budgetMs;
  const next = () => (Date.now() < untilMs ? waiting.shift() : undefined);
  // A seed that is replayed alone gets the deployment of that seed.
  const laneSeeds = seeds.slice(0, lanes);
  const results = await Promise.all(laneSeeds.map((seed) => runLane(options, seed, next)));
  return {
    histories: results.flatMap(({ histories }) => histories),
    deploymentFailures: results.flatMap(({ deploymentFailures }) => deploymentFailures),
    deployments: results.map(({ summary }) => summary),
    durationMs: Date.now() - startedAtMs,
  };
}

interface LaneResults extends Pick<RunResults, 'histories' | 'deploymentFailures'> {
  summary: string;
}

async function runLane(
  { open, concurrency, hangTimeoutMs }: RunOptions,
  laneSeed: number,
  next: () => number | undefined,
): Promise<LaneResults> {
  const deployment = await open(laneSeed);
  const ended: { seed: number; history: History; hungWaitingFor?: string }[] = [];
  const runQueued = async () => {
    for (let seed = next(); seed !== undefined; seed = next()) {
      const history = new History(seed, deployment);
      ended.push({ seed, history, ...(await runOrHang(history, hangTimeoutMs)) });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, runQueued));
    const [deploymentFailures, summary] = [deployment.failures(), deployment.summary()];
    await deployment.restartAll();
    const histories: HistoryResult[] = [];
    for (const { history, ...one } of ended) {
      const isPersisted = one.hungWaitingFor === undefined && (await history.isPersisted());
      histories.push({ ...one, outcome: history.outcome, isPersisted });
    }
    return { histories, deploymentFailures, summary };
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
