import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { createDataFolder, startGateway, startUpstream, type UpstreamProcess } from './support/processes.ts';

const ROUNDS = 20;
/** Side by side, each with a data folder of its own. */
const LANES = 4;

let upstream: UpstreamProcess;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.end('SIGTERM'));

/** @returns whether the message was in the history, once, with a reply that was closed as interrupted */
async function crashAndRead(environment: Record<string, string>): Promise<boolean> {
  const conversationId = mintConversationId(randomBytes);
  const messageId = mintMessageId(randomBytes);
  const first = await startGateway(environment);
  const sender = await ProtocolClient.greet(first.url);
  const { token = '' } = await sender.heard('welcome');
  const parts = [{ type: 'text' as const, text: 'Are you there? [[hang-mid]]' }];
  await sender.answer(sender.say({ type: 'send-message', conversationId, messageId, parts }));
  await first.end('SIGKILL');

  const second = await startGateway(environment);
  const reader = await ProtocolClient.greet(second.url, { token, subscriptions: [{ conversationId }] });
  await reader.heard('synced');
  await second.end('SIGKILL');
  const [question, answer, ...more] = reader.view?.conversation.messages ?? [];
  expect(answer?.run).toMatchObject({ state: 'finished', reason: 'interrupted', error: { retry: 'new' } });
  return question?.id === messageId && more.length === 0;
}

describe('kill -9 right after an accepted message (invariant 7)', () => {
  it(`keeps the message, ${ROUNDS} of ${ROUNDS} times, and closes its reply as interrupted`, async () => {
    let kept = 0;
    const runLane = async () => {
      const data = createDataFolder();
      const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
      for (let round = 0; round < ROUNDS / LANES; round += 1) {
        const isKept = await crashAndRead(environment);
        if (isKept) kept += 1;
      }
      data.remove();
    };
    await Promise.all(Array.from({ length: LANES }, runLane));
    console.log(`accepted messages kept after kill -9: ${kept} of ${ROUNDS}`);
    expect(kept).toBe(ROUNDS);
  });
});
