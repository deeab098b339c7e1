/** How the visitors of the benchmark use a gateway: a client of its protocol. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { audienceOf, visitorOf, type Frames } from './frames.ts';
import { END, greet, isEnd, mintId, sendMessage } from './rivulet-client.ts';
import type { RejoinPlan } from './rivulet-viewers.ts';
import { openAll, type StoredConversation, type Target } from './target.ts';

/** What any gateway offers as a target. @param url where it listens */
export function visitorsOf(url: string): Pick<Target, 'connect' | 'gather' | 'converse'> & typeof TRAITS {
  return {
    ...TRAITS,
    async connect() {
      const { frames } = await greet(url);
      return visitorOf(frames, (plan, onText) => {
        sendMessage(frames, mintId('c'), plan);
        return frames.until(isEnd, onText);
      });
    },
    async gather(viewers) {
      const conversationId = mintId('c');
      const { frames: first, token } = await greet(url);
      sendMessage(first, conversationId, { deltas: 1, perSecond: 0 });
      await first.until(isEnd);
      const others = await openAll(
        viewers - 1,
        async () => (await greet(url, token, { conversationId })).frames,
      );
      return audienceOf([first, ...others], END, (sender, plan) => {
        sendMessage(sender, conversationId, plan);
      });
    },
    async converse() {
      return conversationOf(url, await greet(url));
    },
  };
}

const TRAITS = { hasIdleConnections: true, maxAnswerChars: 1_048_576 };

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
