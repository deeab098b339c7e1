/** How the visitors of the benchmark use a gateway: a client of its protocol. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { audienceOf, visitorOf } from './frames.ts';
import { type Greeted, greet, isEnd, mintId, sendMessage } from './rivulet-client.ts';
import type { RejoinPlan } from './rivulet-viewers.ts';
import { openAll, type Audience, type StoredConversation, type Target } from './target.ts';

/** What any gateway offers as a target. @param url where it listens */
export function visitorsOf(url: string): Pick<Target, 'connect' | 'gather' | 'converse'> & typeof TRAITS {
  return {
    ...TRAITS,
    async connect() {
      const { frames, received } = await greet(url);
      return visitorOf(frames, (plan, onText) => {
        sendMessage(frames, mintId('c'), plan);
        return frames.until(isEnd, (frame) => {
          onText(received.read(frame));
        });
      });
    },
    gather: (viewers) => gatherAt(new Array<string>(viewers).fill(url)),
    async converse() {
      return conversationOf(url, await greet(url));
    },
  };
}

/** Connects one viewer of a new conversation to each of the gateways, which share a service. The first one asks. */
export async function gatherAt(urls: readonly string[]): Promise<Audience> {
  const [firstUrl = '', ...otherUrls] = urls;
  const conversationId = mintId('c');
  const first = await greet(firstUrl);
  sendMessage(first.frames, conversationId, { deltas: 1, perSecond: 0 });
  await first.frames.until(isEnd, (frame) => {
    first.received.read(frame);
  });
  const waiting = [...otherUrls];
  const others = await openAll(waiting.length, () =>
    greet(waiting.shift() ?? firstUrl, first.token, { conversationId }),
  );
  const all = [first, ...others];
  const frames = all.map((viewer) => viewer.frames);
  const audience = audienceOf(frames, isEnd, (sender, plan) => {
    sendMessage(sender, conversationId, plan);
  });
  return {
    ...audience,
    ask: (plan, onText) =>
      audience.ask(plan, (viewer, frame) => {
        onText(viewer, all[viewer]?.received.read(frame) ?? '');
      }),
  };
}

const TRAITS = { hasIdleConnections: true, maxAnswerChars: 1_048_576 };

function conversationOf(url: string, { frames, token }: Greeted): StoredConversation {
  const conversationId = mintId('c');
  return {
    async ask(plan) {
      const askedMs = performance.now();
      let acceptedMs = NaN;
      sendMessage(frames, conversationId, plan);
      await frames.until(isEnd, (frame) => {
        if (frame.includes('"type":"accepted"')) acceptedMs = performance.now();
      });
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
