import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const newConversation = () => mintConversationId(randomBytes);
let store: ReturnType<typeof createMemoryStore>;
let eventLog: ReturnType<typeof createMemoryEventLog>;
let started: StartedGateway;
let client: ProtocolClient;
let token: string;
beforeEach(async () => {
  store = createMemoryStore();
  eventLog = createMemoryEventLog();
  started = await startGateway({ store, eventLog });
  client = await ProtocolClient.connect(started.url);
  token = (await client.received('welcome')).token ?? '';
});
afterEach(() => started.stop());

const ask = async (conversationId: ConversationId) => {
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  return started.provider.next();
};
const stop = (by: ProtocolClient, conversationId: ConversationId) =>
  by.answer(by.send({ type: 'abort-run', conversationId }));

describe('a stop (invariant 2)', () => {
  it('before the first delta ends the run and aborts its upstream request', async () => {
    const conversationId = newConversation();
    const scene = await ask(conversationId);
    await stop(client, conversationId);
    expect(scene.signal.aborted).toBe(true);
    expect(await client.received('run-finished')).toMatchObject({ reason: 'aborted' });
  });

  it('sent to another gateway of the same log reaches the gateway that writes', async () => {
    const other = await startGateway({ store, eventLog });
    const kept = [store, eventLog].map((one) => vi.spyOn(one, 'close').mockResolvedValue());
    const conversationId = newConversation();
    const scene = await ask(conversationId);
    await stop(await ProtocolClient.connect(other.url, { token }), conversationId);
    expect(scene.signal.aborted).toBe(true);
    expect(await client.received('run-finished')).toMatchObject({ reason: 'aborted' });
    await other.stop();
    for (const spy of kept) spy.mockRestore();
  });

  it('does not affect the runs of another conversation', async () => {
    const stopped = newConversation();
    const [scene, bystander] = [await ask(stopped), await ask(newConversation())];
    await stop(client, stopped);
    expect([scene.signal.aborted, bystander.signal.aborted]).toEqual([true, false]);
  });
});
