/** A stop that was accepted takes effect, also when gateways are disconnected or messages between them are late. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const TIMEOUT_MS = 60_000;
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis('volatile');
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

const nodes: StartedGateway[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});
const openTwo = async () => {
  const store = createMemoryStore();
  const openOne = async () => {
    const eventLog = createRedisEventLog({ url: server.url });
    return { ...(await startGateway({ store, eventLog })), eventLog };
  };
  const two = await Promise.all([openOne(), openOne()]);
  nodes.push(...two);
  return two;
};
const ask = (client: ProtocolClient, conversationId = mintConversationId(randomBytes)) => {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId, parts });
  return { conversationId, messageId };
};

describe('a stop', () => {
  it('that another gateway accepted while the writer was disconnected from Redis takes effect (2)', async () => {
    const [one, other] = await openTwo();
    const client = await ProtocolClient.connect(one.url);
    const { token = '' } = await client.received('welcome');
    const { conversationId } = ask(client);
    const scene = await one.provider.next();
    const stopper = await ProtocolClient.connect(other.url, { token });
    await server.run('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const answer = await stopper.answer(stopper.send({ type: 'abort-run', conversationId }));
    expect(answer).toMatchObject({ type: 'accepted' });
    await client.received('run-finished');
    expect(scene.signal.aborted).toBe(true);
  });

  it('applies to the runs that exist at that moment: a later message is answered, however late the stop is delivered', async () => {
    const [one, other] = await openTwo();
    const client = await ProtocolClient.connect(one.url);
    const { token = '' } = await client.received('welcome');
    const { conversationId } = ask(client);
    const first = await one.provider.next();
    const publish = vi.spyOn(other.eventLog, 'broadcast');
    const stopper = await ProtocolClient.connect(other.url, { token });
    await stopper.answer(stopper.send({ type: 'abort-run', conversationId }));
    await client.received('run-finished');
    ask(client, conversationId);
    const second = await one.provider.next();
    for (const [broadcastMessage] of [...publish.mock.calls])
      await other.eventLog.broadcast(broadcastMessage);
    second.emitText('Still here.');
    second.finish();
    const reasons = () => client.view?.conversation.messages.flatMap(({ run }) => run?.reason ?? []);
    await client.until(() => reasons()?.length === 2);
    expect([first.signal.aborted, reasons()]).toEqual([true, ['aborted', 'stop']]);
  });

  it('that arrives before its run has been started on this gateway still stops the run', async () => {
    const eventLog = createMemoryEventLog();
    const store = createMemoryStore();
    const accept = store.accept.bind(store);
    // Another gateway can read the message in the store before this one has the result of its write.
    vi.spyOn(store, 'accept').mockImplementationOnce(async (acceptance) => {
      const accepted = await accept(acceptance);
      const { conversationId, answer } = acceptance;
      if (answer.run !== undefined)
        await eventLog.broadcast({ kind: 'abort', conversationId, runId: answer.run.id });
      return accepted;
    });
    const node = await startGateway({ eventLog, store });
    nodes.push(node);
    const client = await ProtocolClient.connect(node.url);
    ask(client);
    const reasons = () => client.view?.conversation.messages.flatMap(({ run }) => run?.reason ?? []);
    await client.until(() => reasons()?.length === 1);
    expect(reasons()).toEqual(['aborted']);
  });
});
