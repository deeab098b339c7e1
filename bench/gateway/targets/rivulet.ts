/** The gateway as a target, with a client of its protocol. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { startChild } from '../child.ts';
import { audienceOf, visitorOf, type Frames } from './frames.ts';
import { END, greet, isEnd, mintId, sendMessage } from './rivulet-client.ts';
import type { RejoinPlan } from './rivulet-viewers.ts';
import { openAll, type StoredConversation, type Target } from './target.ts';

/** Starts the built gateway with its default adapters: SQLite on disk and an event log in memory. */
export async function startRivulet(upstreamUrl: string): Promise<Target> {
  const data = mkdtempSync(join(tmpdir(), 'rivulet-bench-'));
  const child = await startChild(['packages/gateway/dist/src/cli/main.js'], {
    PORT: '0',
    NODE_ENV: 'production',
    RIVULET_DATA: data,
    RIVULET_RATE_LIMITS: 'off', // all visitors of a benchmark have one address
    RIVULET_LOG_LEVEL: 'error',
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
  });
  return {
    name: 'rivulet',
    child,
    hasIdleConnections: true,
    maxAnswerChars: 1_048_576,
    async connect() {
      const { frames } = await greet(child.url);
      return visitorOf(frames, (plan, onText) => {
        sendMessage(frames, mintId('c'), plan);
        return frames.until(isEnd, onText);
      });
    },
    async gather(viewers) {
      const conversationId = mintId('c');
      const { frames: first, token } = await greet(child.url);
      sendMessage(first, conversationId, { deltas: 1, perSecond: 0 });
      await first.until(isEnd);
      const others = await openAll(
        viewers - 1,
        async () => (await greet(child.url, token, { conversationId })).frames,
      );
      return audienceOf([first, ...others], END, (sender, plan) => {
        sendMessage(sender, conversationId, plan);
      });
    },
    async converse() {
      return conversationOf(child.url, await greet(child.url));
    },
    startAnother: () => startRivulet(upstreamUrl),
    async close() {
      await child.end();
      rmSync(data, { recursive: true });
    },
  };
}

function conversationOf(
  url: string,
  { frames, token }: { frames: Frames; token: string },
): StoredConversation {
  const conversationId = mintId('c');
  return {
    async ask(plan) {
      const askedMs = performance.now();
      let acceptedMs = NaN;
      sendMessage(frames, conversationId, plan);
      const last = await frames.until(
        (frame) => isEnd(frame) || frame.includes('"type":"rejected"'),
        (frame) => {
          if (frame.includes('"type":"accepted"')) acceptedMs = performance.now();
        },
      );
      if (Number.isNaN(acceptedMs)) throw new Error(`a message was not accepted: ${last}`);
      return acceptedMs - askedMs;
    },
    async rejoin(viewers, withinMs) {
      const workerData: RejoinPlan = { url, token, conversationId, viewers, withinMs };
      const worker = new Worker(new URL('rivulet-viewers.ts', import.meta.url), { workerData });
      const [syncedMs] = (await once(worker, 'message')) as [number[]]; // what the script posts
      return { syncedMs, close: () => worker.terminate() };
    },
    close: () => {
      frames.socket.terminate();
    },
  };
}
