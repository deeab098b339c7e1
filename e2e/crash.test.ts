import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { createDataFolder, startGateway, startUpstream, type UpstreamProcess } from './support/processes.ts';

const ROUNDS = 20;

let upstream: UpstreamProcess;
const data = createDataFolder();
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => {
  await upstream.end('SIGTERM');
  data.remove();
});

const environment = () => ({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path });

describe('kill -9 right after an accepted message (invariant 7)', () => {
  it(`keeps the message, ${ROUNDS} of ${ROUNDS} times, and closes its reply as interrupted`, async () => {
    let kept = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const conversationId = mintConversationId(randomBytes);
      const messageId = mintMessageId(randomBytes);
      const first = await startGateway(environment());
      const sender = await ProtocolClient.greet(first.url);
      const { token = '' } = await sender.heard('welcome');
      const parts = [{ type: 'text' as const, text: `Round ${round} [[hang-mid]]` }];
      await sender.answer(sender.say({ type: 'send-message', conversationId, messageId, parts }));
      await first.end('SIGKILL');

      const second = await startGateway(environment());
      const reader = await ProtocolClient.greet(second.url, { token, subscriptions: [{ conversationId }] });
      await reader.heard('synced');
      const [question, answer] = reader.view?.conversation.messages ?? [];
      expect(answer?.run).toMatchObject({
        state: 'finished',
        reason: 'interrupted',
        error: { retry: 'new' },
      });
      if (question?.id === messageId) kept += 1;
      expect(reader.view?.conversation.messages).toHaveLength(2);
      await second.end('SIGKILL');
    }
    console.log(`accepted messages kept after kill -9: ${kept} of ${ROUNDS}`);
    expect(kept).toBe(ROUNDS);
  });
});
