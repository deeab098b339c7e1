import { afterAll, beforeAll } from 'vitest';
import { describeEventLog } from '../testing/contracts/event-log-contract.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { createRedisEventLog } from './redis.ts';

const TIMEOUT_MS = 60_000;
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis('volatile');
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

let opened = 0;

describeEventLog('redis', () => {
  opened += 1;
  const prefix = `test-${opened}`;
  const eventLog = createRedisEventLog({ url: server.url, prefix, window: { maxEvents: 32 } });
  return {
    eventLog,
    windowEvents: 32,
    passTime: (byMs) => passTime(prefix, byMs),
    trimBroadcasts: async () => {
      await server.run('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    dispose: () => eventLog.close(),
  };
});

/** Leases and watches end by the clock of the server, so the tests move their ends instead of waiting. */
async function passTime(prefix: string, byMs: number): Promise<void> {
  const find = (pattern: string) => server.run('KEYS', prefix + pattern) as Promise<string[]>; // what KEYS answers
  for (const key of await find(':{*}'))
    if ((await server.run('HEXISTS', key, 'until')) === 1) await server.run('HINCRBY', key, 'until', -byMs);
  for (const key of await find(':{*}:watches')) {
    const members = (await server.run('ZRANGE', key, 0, -1)) as string[]; // what ZRANGE answers
    for (const member of members) await server.run('ZINCRBY', key, -byMs, member);
  }
}
