/** Messages between several gateways on one Redis: each log here is one of them. */
import { mintRunId, type ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { startReading, titled, titles } from '../testing/log-reader.ts';
import { REDIS_TIMEOUT_MS, useRedisNodes } from '../testing/redis-nodes.ts';

const nodes = useRedisNodes();
const { openTwo: openNodes, keyOf } = nodes;
let id: ConversationId;
beforeEach(() => {
  ({ id } = nodes);
});

describe('messages of two gateways on one Redis', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('who is typing is heard on the channel of the conversation, too, as later versions publish it', async () => {
    const [one, other] = openNodes();
    const state = { kind: 'typing', conversationId: id, participantId: 'v', isTyping: true } as const;
    const heard: string[] = [];
    const both = Promise.withResolvers<undefined>();
    await other.listen((each) => {
      if (each.kind === 'typing') heard.push(each.sessionId);
      if (heard.length === 2) both.resolve(undefined);
    });
    const { head: after } = await other.read(id);
    const reader = startReading(other, { id, after });
    await one.append(id, [titled(1)]);
    await reader.until(() => reader.events.length === 1);
    await one.broadcast({ ...state, sessionId: 'to all' });
    await nodes.server.run(
      'SPUBLISH',
      keyOf(':typing'),
      ` ${JSON.stringify({ ...state, sessionId: 'to viewers' })}`,
    );
    await both.promise;
    expect(new Set(heard)).toEqual(new Set(['to all', 'to viewers']));
  });

  it('the writer of a run learns of a stop with its next append, also when the message to it was lost', async () => {
    const [one, other] = openNodes();
    const lease = await one.acquireLease(id, 10_000);
    const stopped: unknown[] = [];
    const runId = mintRunId(randomBytes);
    await one.listen((each) => stopped.push(each));
    await one.append(id, titles(1), lease && { lease });
    await nodes.server.run('HSET', keyOf(), 'stop', runId); // as a broadcast does
    await one.append(id, [titled(2)], lease && { lease });
    expect(stopped).toEqual([{ kind: 'abort', conversationId: id, runId }]);
    await other.broadcast({ kind: 'abort', conversationId: id, runId });
    expect(await nodes.server.run('HGET', keyOf(), 'stop')).toBe(runId);
  });
});
