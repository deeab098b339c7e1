/** The gateway as a target, with a client of its protocol. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.ts';
import type { AnswerPlan } from '../stamp.ts';
import { Frames, audienceOf, visitorOf } from './frames.ts';
import { openAll, type Target } from './target.ts';

/** Starts the built gateway with its default adapters: SQLite on disk and an event log in memory. */
export async function startRivulet(upstreamUrl: string): Promise<Target> {
  const data = mkdtempSync(join(tmpdir(), 'rivulet-bench-'));
  const child = await startChild(['packages/gateway/dist/src/cli/main.js'], {
    PORT: '0',
    NODE_ENV: 'production',
    RIVULET_DATA: data,
    RIVULET_LOG_LEVEL: 'error',
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
  });
  const END = '"type":"run-finished"';
  return {
    name: 'rivulet',
    child,
    async connect() {
      const { frames } = await greet(child.url);
      return visitorOf(frames, (plan, onText) => {
        sendMessage(frames, mintId('c'), plan);
        return frames.until(END, onText);
      });
    },
    async gather(viewers) {
      const conversationId = mintId('c');
      const { frames: first, token } = await greet(child.url);
      sendMessage(first, conversationId, { deltas: 1, perSecond: 0 });
      await first.until(END);
      const others = await openAll(
        viewers - 1,
        async () => (await greet(child.url, token, conversationId)).frames,
      );
      return audienceOf([first, ...others], END, (sender, plan) => {
        sendMessage(sender, conversationId, plan);
      });
    },
    async close() {
      await child.end();
      rmSync(data, { recursive: true });
    },
  };
}

let minted = 0;
/** Creates an id that the protocol accepts: a prefix and at least eight characters. */
const mintId = (prefix: 'c' | 'm' | 'q'): string => `${prefix}_bench-${process.pid}-${(minted += 1)}`;

async function greet(
  url: string,
  token?: string,
  conversationId?: string,
): Promise<{ frames: Frames; token: string }> {
  const frames = await Frames.open(`${url}/v1/ws`, 'rivulet.v1');
  frames.send({
    type: 'hello',
    id: mintId('q'),
    protocol: '1.0',
    site: 'demo',
    client: { name: 'bench', version: '1' },
    capabilities: [],
    subscriptions: conversationId === undefined ? [] : [{ conversationId }],
    ...(token === undefined ? {} : { token }),
  });
  const welcome = await frames.until(conversationId === undefined ? '"type":"welcome"' : '"type":"synced"');
  return { frames, token: token ?? /"token":"([^"]+)"/.exec(welcome)?.[1] ?? '' };
}

function sendMessage(frames: Frames, conversationId: string, plan: AnswerPlan): void {
  frames.send({
    type: 'send-message',
    id: mintId('q'),
    conversationId,
    messageId: mintId('m'),
    parts: [{ type: 'text', text: JSON.stringify(plan) }],
  });
}
