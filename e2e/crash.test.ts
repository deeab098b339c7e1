import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { scaled } from './support/scale.ts';
import { createDataFolder, startGateway, startUpstream, type UpstreamProcess } from './support/processes.ts';

const ROUNDS = scaled({ sample: 20, full: 200 });
/** Side by side, each with a data folder of its own. */
const LANES = 4;

let upstream: UpstreamProcess;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.end('SIGTERM'));

/** @param words kills it after so many deltas, 0: right after `accepted`. @returns whether the message was in the history, once, with a reply that was closed as interrupted */
async function crashAndRead(environment: Record<string, string>, words: number): Promise<boolean> {
  const conversationId = mintConversationId(randomBytes);
  const messageId = mintMessageId(randomBytes);
  const first = await startGateway(environment);
  const sender = await ProtocolClient.connect(first.url);
  const { token = '' } = await sender.received('welcome');
  const parts = [{ type: 'text' as const, text: 'Are you there? [[pace:2]]' }];
  await sender.answer(sender.send({ type: 'send-message', conversationId, messageId, parts }));
  // Not at once only: after a number of words of the answer, too.
  await sender.until(() => sender.events.filter(({ type }) => type === 'text-delta').length >= words);
  await first.end('SIGKILL');

  const second = await startGateway(environment);
  const reader = await ProtocolClient.connect(second.url, { token, subscriptions: [{ conversationId }] });
  await reader.received('synced');
  await second.end('SIGKILL');
  const [question, answer, ...more] = reader.view?.conversation.messages ?? [];
  expect(answer?.run).toMatchObject({ state: 'finished', reason: 'interrupted', error: { retry: 'new' } });
  return question?.id === messageId && more.length === 0;
}

describe('kill -9 after an accepted message, at any moment (invariant 7)', () => {
  it(`keeps the message, ${ROUNDS} of ${ROUNDS} times, and closes its reply as interrupted`, async () => {
    let kept = 0;
    const runLane = async () => {
      const data = createDataFolder();
      const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
      for (let round = 0; round < ROUNDS / LANES; round += 1) {
        const isKept = await crashAndRead(environment, round % 5);
        if (isKept) kept += 1;
      }
      data.remove();
    };
    await Promise.all(Array.from({ length: LANES }, runLane));
    console.log(`accepted messages kept after kill -9: ${kept} of ${ROUNDS}`);
    expect(kept).toBe(ROUNDS);
  });
});
