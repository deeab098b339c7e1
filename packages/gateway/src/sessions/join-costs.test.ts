/** What it costs when all viewers of a conversation return at once, on a gateway with a Redis log. */
import type { ConversationId, Position } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeyedMutex, createMetrics, randomBytes, systemClock } from '../base/index.ts';
import type { Budgets } from '../budgets/budgets.ts';
import { createConversations } from '../conversations/conversations.ts';
import type { Presence } from '../conversations/presence.ts';
import type { Uploads } from '../conversations/uploads.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import type { Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { range, titles } from '../testing/log-reader.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { accepted } from '../testing/samples.ts';
import type { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { SessionViewers, type SessionViewersOptions } from './session-viewers.ts';
import type { Typing } from './typing.ts';

const metrics = createMetrics();

const TIMEOUT_MS = 60_000;
const VIEWERS = 2_000;

let redis: RedisServer;
let eventLog: EventLog;
let viewers: SessionViewers[];
beforeEach(async () => {
  redis = await startRedis('volatile');
  eventLog = createRedisEventLog({ url: redis.url });
  viewers = [];
}, TIMEOUT_MS);
afterEach(async () => {
  for (const each of viewers) each.end();
  await eventLog.close();
  await redis.dispose();
}, TIMEOUT_MS);

/** How many scripts Redis has executed since this was called last. */
async function countScripts(): Promise<number> {
  const stats = String(await redis.run('INFO', 'commandstats'));
  await redis.run('CONFIG', 'RESETSTAT');
  return [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
}

/** A conversation of a gateway, and how often its messages and its window were asked for. */
async function openConversation() {
  const store = createMemoryStore();
  const reads = { store: 0, log: 0 };
  const readMessages = store.readMessages.bind(store);
  store.readMessages = (id) => ((reads.store += 1), readMessages(id));
  const read = eventLog.read.bind(eventLog);
  eventLog.read = (id) => ((reads.log += 1), read(id));
  const { conversationId: id } = await accepted(store);
  const uploads = {} as Uploads; // only messages that are sent have files
  const base = { clock: systemClock, random: randomBytes, mutex: createKeyedMutex() };
  const budgets = {} as Budgets; // no message is sent
  const conversations = createConversations({
    ...{ ...base, store, eventLog, uploads, budgets },
    moderation: { of: () => undefined },
    metrics,
  });
  const typing = { addViewer: () => undefined } as Partial<Typing> as Typing; // nobody types
  return { id, reads, shared: { eventLog, conversations, presence: {} as Presence, typing } };
}

interface Joining extends Omit<SessionViewersOptions, 'channel' | 'sessionId' | 'onFailed' | 'metrics'> {
  id: ConversationId;
  cursor: Position | undefined;
}

/** Makes a session with a viewer. Resolves with its frames once it has the state. */
function join({ id, cursor, ...shared }: Joining): Promise<Frame[]> {
  const frames: Frame[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Frame[]>();
  const send = (frame: Frame) => {
    frames.push(frame);
    if (frame.events.at(-1)?.type === 'synced') resolve(frames);
  };
  const channel = { send } as Partial<GatewayChannel> as GatewayChannel; // viewers only send
  const onFailed = (_id: ConversationId, error: unknown) => {
    reject(error);
  };
  const session = new SessionViewers({ ...shared, metrics, channel, sessionId: '', onFailed });
  viewers.push(session);
  session.follow(id, cursor, { site: {} as Site }); // its unwatched replies are not abandoned
  return promise;
}

it.each([
  { what: 'without a cursor', seq: undefined, storeReads: 1 },
  { what: 'with a cursor', seq: 90, storeReads: 0 },
])(
  '2,000 viewers $what cost $storeReads reads of the store and a few commands of Redis, and a drain no window',
  { timeout: TIMEOUT_MS },
  async ({ seq, storeReads }) => {
    const { shared, id, reads } = await openConversation();
    const { epoch } = await eventLog.append(id, titles(100));
    await countScripts();
    const cursor = seq === undefined ? undefined : { epoch, seq };
    const all = await Promise.all(range(1, VIEWERS).map(() => join({ ...shared, id, cursor })));
    expect([reads.store, await countScripts()]).toEqual([storeReads, expect.toBeOneOf([1, 2, 3, 4, 5, 6])]);
    if (seq === undefined) expect(new Set(all.map(([, snapshot]) => snapshot)).size).toBe(1);
    reads.log = 0;
    await Promise.all(viewers.map((each) => each.waitUntilCaughtUp()));
    // On a busy machine, a periodic command of the log falls in between.
    expect([reads.log, await countScripts()]).toEqual([0, expect.toBeOneOf([1, 2])]);
  },
);
