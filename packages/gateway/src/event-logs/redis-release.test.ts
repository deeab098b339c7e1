/** A gateway that gives a conversation up; each log here is one gateway. */
import type { ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { iteration, range, startReading, titled } from '../testing/log-reader.ts';
import { REDIS_TIMEOUT_MS, useRedisNodes } from '../testing/redis-nodes.ts';

const nodes = useRedisNodes();
let id: ConversationId;
beforeEach(() => {
  ({ id } = nodes);
});

describe('a gateway that releases its lease', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('shows what is appended meanwhile when Redis has it: a read until then would take the log for lost', async () => {
    const one = nodes.open();
    const { head: after } = await one.read(id);
    const lease = await one.acquireLease(id, 10_000);
    const reader = startReading(one, { id, after });
    await one.append(id, [titled(1)], lease && { lease });
    await nodes.server.run('CLIENT', 'PAUSE', 60_000, 'WRITE');
    const released = lease?.release();
    const appended = one.append(id, [titled(2)]);
    for (const _turn of range(1, 50)) await iteration();
    expect(reader.events).toHaveLength(1);
    await nodes.server.run('CLIENT', 'UNPAUSE');
    await Promise.all([released, reader.until(() => reader.events.length === 2)]);
    expect(await appended).toEqual({ ...after, seq: 2 });
  });
});
