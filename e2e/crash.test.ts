/** Durability: a message that was accepted survives a SIGKILL of the gateway. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { scaled } from './support/scale.ts';
import { createDataFolder, startGateway, startUpstream, type UpstreamProcess } from './support/processes.ts';

const ROUNDS = scaled({ sample: 20, full: 200 });
/** The number of gateways that run at the same time, each with a data folder of its own. */
const LANES = 4;

let upstream: UpstreamProcess;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.end('SIGTERM'));

/**
 * Kills a gateway after it accepted a message, and reads the conversation from a new gateway on the same data. Fails unless the
 * reply is closed as interrupted.
 * @param deltas how many text deltas to wait for before the kill; 0: kill directly after `accepted`
 * @returns whether the conversation has the message exactly once
 */
async function crashAndRead(environment: Record<string, string>, deltas: number): Promise<boolean> {
  const conversationId = mintConversationId(randomBytes);
  const messageId = mintMessageId(randomBytes);
  const first = await startGateway(environment);
  const sender = await ProtocolClient.connect(first.url);
  const { token = '' } = await sender.received('welcome');
  const parts = [{ type: 'text' as const, text: 'Are you there? [[pace:2]]' }];
  await sender.answer(sender.send({ type: 'send-message', conversationId, messageId, parts }));
  await sender.until(() => sender.events.filter(({ type }) => type === 'text-delta').length >= deltas);
  await first.end('SIGKILL');

  const second = await startGateway(environment);
  const reader = await ProtocolClient.connect(second.url, { token, subscriptions: [{ conversationId }] });
  await reader.received('synced');
  await second.end('SIGKILL');
  const [question, answer, ...more] = reader.view?.conversation.messages ?? [];
  expect(answer?.run).toMatchObject({ state: 'finished', reason: 'interrupted', error: { retry: 'new' } });
  return question?.id === messageId && more.length === 0;
}

describe('SIGKILL at any moment after a message was accepted (invariant 7)', () => {
  it(`loses no message in ${ROUNDS} rounds, and closes each reply as interrupted`, async () => {
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
    console.log(`accepted messages kept after SIGKILL: ${kept} of ${ROUNDS}`);
    expect(kept).toBe(ROUNDS);
  });
});
