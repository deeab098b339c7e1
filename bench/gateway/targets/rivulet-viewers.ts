/** The viewers of `StoredConversation.rejoin`, as a worker thread, so that their work does not delay what the benchmark measures. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { greet, type Subscription } from './rivulet-client.ts';

/** What the thread is started with. */
export interface RejoinPlan {
  url: string;
  token: string;
  conversationId: string;
  viewers: number;
  withinMs: number;
}

/** A position in a log that the gateway had before it was restarted. */
const OUTDATED_CURSOR = { epoch: 'bench-outdated', seq: 1 };

const { url, token, conversationId, viewers, withinMs } = workerData as RejoinPlan; // as the parent passes it

/** @returns the time until the conversation was complete, in milliseconds */
async function rejoin(index: number): Promise<number> {
  const subscription: Subscription = { conversationId };
  if (index % 2 === 0) subscription.cursor = OUTDATED_CURSOR;
  await delay((index / viewers) * withinMs);
  const startedMs = performance.now();
  await greet(url, token, subscription);
  return performance.now() - startedMs;
}

parentPort?.postMessage(await Promise.all(Array.from({ length: viewers }, (_, index) => rejoin(index))));
