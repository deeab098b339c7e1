/**
 * Appends to many conversations through the event log of the built gateway, as fast as it takes them, as a process of its own: a
 * gateway would spend most of its time on everything else. Arguments: the URL of a Redis server, `deliver` of the event log, and the
 * duration in ms. It prints an `AppendRate` as JSON.
 */
import { PartIdSchema, mintConversationId, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import type * as redis from '../../packages/gateway/src/event-logs/redis.ts';
import { randomBytes } from '../../packages/gateway/src/base/index.ts';

/** What the process prints. */
export interface AppendRate {
  appends: number;
  seconds: number;
  /** The CPU time of the process meanwhile, in microseconds. */
  cpuUs: number;
}

const CONVERSATIONS = 100;
/** The appends of a conversation that Redis does not have yet: a second of deltas. */
const MOST_PENDING = 50;
const LEASE_MS = 60_000;
/** As long as the deltas of the other scenarios. */
const TEXT = '~1 1795980734543000;';

const [url = '', deliver, durationMs] = process.argv.slice(2);
const build = new URL('../../packages/gateway/dist/src/event-logs/redis.js', import.meta.url);
const { createRedisEventLog } = (await import(build.href)) as typeof redis; // built from that file
const log = createRedisEventLog({ url, deliver: deliver === 'logged' ? 'logged' : 'at-once' });
await log.start?.();
const startedMs = performance.now();
const started = process.cpuUsage();
const untilMs = startedMs + Number(durationMs);
const counts = await Promise.all(
  Array.from({ length: CONVERSATIONS }, () => appendUntil(mintConversationId(randomBytes), untilMs)),
);
const { user, system } = process.cpuUsage(started);
const rate: AppendRate = {
  appends: counts.reduce((sum, count) => sum + count, 0),
  seconds: (performance.now() - startedMs) / 1_000,
  cpuUs: user + system,
};
await log.close();
process.stdout.write(JSON.stringify(rate));

/** Appends deltas under a lease, without awaiting each, as a run does. @returns how many Redis has */
async function appendUntil(id: ConversationId, endMs: number): Promise<number> {
  const lease = await log.acquireLease(id, LEASE_MS);
  if (lease === undefined) throw new Error('a new conversation has a lease already');
  const partId = v.parse(PartIdSchema, 'm_bench-appends.0');
  const pending: Promise<unknown>[] = [];
  let count = 0;
  while (performance.now() < endMs) {
    const delta = { type: 'text-delta', partId, at: count * TEXT.length, text: TEXT } as const;
    pending.push(log.append(id, [delta], { lease }));
    count += 1;
    if (pending.length >= MOST_PENDING) await pending.shift();
  }
  await Promise.all(pending);
  return count;
}
