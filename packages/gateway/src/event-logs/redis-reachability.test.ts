import { mintConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { titled } from '../testing/log-reader.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import type { EventLog } from './event-log.ts';
import { createRedisEventLog } from './redis.ts';

const TIMEOUT_MS = 60_000;

/** The states that a log tells, in order. */
function listen(log: EventLog) {
  const told: boolean[] = [];
  let changed = Promise.withResolvers<undefined>();
  log.onReachable(() => {
    told.push(log.isReachable);
    changed.resolve(undefined);
    changed = Promise.withResolvers();
  });
  const until = async (count: number) => {
    while (told.length < count) await changed.promise;
  };
  return { told, until };
}

describe('whether a Redis log can be reached', { timeout: TIMEOUT_MS }, () => {
  let server: RedisServer;
  let log: EventLog;
  beforeAll(async () => {
    server = await startRedis('volatile');
  }, TIMEOUT_MS);
  afterAll(() => server.dispose(), TIMEOUT_MS);
  beforeEach(async () => {
    log = createRedisEventLog({ url: server.url });
    await log.start?.();
  });
  afterEach(() => log.close());

  it('is told once when Redis is gone, and once when it has what was shown meanwhile', async () => {
    const id = mintConversationId(randomBytes);
    const lease = await log.acquireLease(id, 60_000);
    const options = lease && { lease };
    await log.append(id, [titled(1)], options);
    const { told, until } = listen(log);
    expect(log.isReachable).toBe(true);
    await server.kill();
    await until(1);
    expect(log.figures).toEqual({ appendsWaiting: 0, leadsLost: 0 });
    const appended = log.append(id, [titled(2)], options);
    expect(log.figures?.appendsWaiting).toBe(1);
    await server.start();
    await Promise.all([appended, until(2)]);
    expect(told).toEqual([false, true]);
    expect(log.figures).toEqual({ appendsWaiting: 0, leadsLost: 0 });
    const other = createRedisEventLog({ url: server.url });
    expect((await other.read(id)).events).toMatchObject([titled(1), titled(2)]);
    await other.append(id, [titled(3)]);
    await other.close();
    expect(await lease?.renew(60_000)).toBe(true);
    expect(log.figures?.leadsLost).toBe(1);
  });

  it('is not told to a handler that was removed, nor when the log is closed', async () => {
    const { told } = listen(log);
    const removed = listen(log);
    log.onReachable(() => removed.told.push(true))();
    await log.close();
    expect([told, removed.told]).toEqual([[], []]);
  });
});
