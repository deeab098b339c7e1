import { mintConversationId, mintMessageId, type EventOf } from '@rivulet/protocol';
import { afterEach, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const TIMEOUT_MS = 60_000;
const saidBy = ({ events }: ProtocolClient) =>
  events
    .filter((event): event is EventOf<'welcome'> => event.type === 'welcome')
    .map(({ isResumable }) => isResumable);

let redis: RedisServer;
let started: StartedGateway;
afterEach(async () => {
  await started.stop();
  await redis.dispose();
});

it(
  'the viewers of a reply learn that it cannot be resumed elsewhere while Redis is away, and that it can again',
  { timeout: TIMEOUT_MS },
  async () => {
    redis = await startRedis('durable');
    started = await startGateway({ eventLog: createRedisEventLog({ url: redis.url }) });
    const client = await ProtocolClient.connect(started.url);
    const conversationId = mintConversationId(randomBytes);
    const message = { conversationId, messageId: mintMessageId(randomBytes) };
    const parts = [{ type: 'text' as const, text: 'Hello' }];
    await client.answer(client.send({ type: 'send-message', ...message, parts }));
    const scene = await started.provider.next();
    scene.emitText('Once');
    await client.until(() => client.text === 'Once');
    await redis.kill();
    await client.until(() => saidBy(client).length === 2);
    scene.emitText(' upon');
    await client.until(() => client.text === 'Once upon');
    const late = await ProtocolClient.connect(started.url);
    await redis.start();
    await Promise.all([client, late].map((each) => each.until(() => saidBy(each).at(-1) === undefined)));
    expect([client, late].map(saidBy)).toEqual([
      [undefined, false, undefined],
      [false, undefined],
    ]);
  },
);
