/** `rivulet erase` while gateways run: two on one Postgres and one Redis, and one on a data folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { createRedisEventLog } from '../../event-logs/redis.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { startRedis, type RedisServer } from '../../testing/redis-server.ts';
import { startGateway } from '../../testing/start-gateway.ts';
import { readArguments } from '../arguments.ts';
import { readConfig } from '../read-config.ts';
import { runErase } from './run-erase.ts';

const TIMEOUT_MS = 60_000;
const MARKER = 'what-the-visitor-wrote';
let postgres: PostgresServer;
let redis: RedisServer;
let folder: string;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis('volatile')]);
}, TIMEOUT_MS);
afterAll(() => Promise.all([postgres.dispose(), redis.dispose()]), TIMEOUT_MS);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-erase-'));
  return () => {
    rmSync(folder, { recursive: true });
  };
});

const erase = (environment: Record<string, string>, args: string[]) =>
  runErase({
    config: readConfig({ environment: { RIVULET_DATA: folder, ...environment }, flags: {} }),
    options: readArguments(['erase', ...args, '--yes']).options,
  });

it(
  'notifies the viewers on each gateway, ends the answer, and nothing of it comes back',
  { timeout: TIMEOUT_MS },
  async () => {
    const { connectionString } = postgres;
    const { url } = redis;
    const start = () =>
      startGateway({
        store: createPostgresStore({ connectionString }),
        eventLog: createRedisEventLog({ url }),
      });
    const [first, other] = [await start(), await start()];
    const writer = await ProtocolClient.connect(first.url);
    const { token = '' } = await writer.received('welcome');
    const conversationId = mintConversationId(randomBytes);
    const parts = [{ type: 'text' as const, text: MARKER }];
    const question = { conversationId, messageId: mintMessageId(randomBytes), parts };
    await writer.answer(writer.send({ type: 'send-message', ...question }));
    const scene = await first.provider.next();
    scene.emitText('An answer that');
    const reader = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await reader.received('synced');
    const secret = 'a secret for tests, 32 bytes long';
    const shared = { RIVULET_POSTGRES_URL: connectionString, RIVULET_REDIS_URL: url, RIVULET_SECRET: secret };
    const { json } = await erase(shared, ['--conversation', conversationId]);
    expect(json).toMatchObject({ effect: 'erase', erased: 1, held: [] });
    await Promise.all([writer, reader].map((client) => client.received('conversation-removed')));
    scene.emitText(' goes on');
    scene.finish();
    await first.stop();
    await other.stop();
    const dump = await postgres.run(
      `SELECT body FROM rivulet_messages WHERE conversation_id = '${conversationId}'
      UNION ALL SELECT id FROM rivulet_conversations WHERE id = '${conversationId}'`,
    );
    expect(dump).toEqual([]);
    const keys = (await redis.run('KEYS', `*${conversationId}*`)) as string[]; // KEYS replies with a list
    for (const key of keys)
      expect(String(await redis.run('LRANGE', key, 0, -1).catch(() => ''))).not.toContain(MARKER);
  },
);

it('is refused beside the gateway of a data folder, which goes on', { timeout: TIMEOUT_MS }, async () => {
  const gateway = await startGateway({
    store: await createSqliteStore({ file: join(folder, 'rivulet.sqlite') }),
  });
  const client = await ProtocolClient.connect(gateway.url);
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: MARKER }];
  await client.answer(
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts }),
  );
  await expect(erase({}, ['--conversation', conversationId])).rejects.toThrow(/stop the gateway, erase/);
  const scene = await gateway.provider.next();
  scene.emitText('An answer.');
  scene.finish();
  expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
  await gateway.stop();
  const { json } = await erase({}, ['--conversation', conversationId]);
  expect(json).toMatchObject({ erased: 1 });
});
