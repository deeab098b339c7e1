import { afterAll, beforeAll } from 'vitest';
import { describeEventLog } from '../testing/contracts/event-log-contract.ts';
import { passLogTime } from '../testing/pass-log-time.ts';
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
    passTime: (byMs) => passLogTime(server, prefix, byMs),
    trimBroadcasts: async () => {
      await server.run('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    dispose: () => eventLog.close(),
  };
});
