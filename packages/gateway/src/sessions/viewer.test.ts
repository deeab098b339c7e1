import {
  emptyConversation,
  isLogged,
  joinSnapshot,
  type ChatEvent,
  type ConversationId,
  type EventOf,
  type Message,
  type MessageId,
  type Position,
  type View,
} from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../base/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import type { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { follow, pagesOf } from './viewer.ts';

const conversationId = 'c_viewer01' as ConversationId; // matches the pattern of ids
const title = (text: string) => ({ type: 'conversation-updated' as const, title: text });
const bigMessages = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `m_viewer${10 + index}` as MessageId, // matches the pattern of ids
    role: 'user',
    parentId: null,
    parts: [{ type: 'text', text: 'x'.repeat(100_000) }],
    createdAtMs: index,
  }));

interface Harness {
  cursor?: Position;
  /** Runs while the viewer waits for its connection to accept the frame that contains an event of this type. */
  during?: { type: ChatEvent['type']; act: () => Promise<unknown> };
  metrics?: Metrics;
}

/** Runs a viewer until it has sent `count` events. */
async function watch(
  count: number,
  { cursor, during, metrics = createMetrics() }: Harness = {},
  eventLog = createMemoryEventLog(),
) {
  const sent: ChatEvent[] = [];
  const end = new AbortController();
  const channel = {
    send: async ({ events }: Frame) => {
      if (events.some(({ type }) => type === during?.type)) await during?.act();
      sent.push(...events);
      if (sent.length >= count) end.abort();
    },
  } as Partial<GatewayChannel> as GatewayChannel; // a viewer only sends
  const conversation = emptyConversation(conversationId, 0);
  const conversations = {
    readKept: (id) => eventLog.read(id),
    read: async (id) => ({ position: (await eventLog.read(id)).head, conversation }),
  } as Partial<Conversations> as Conversations; // a viewer only reads
  await follow(
    { channel, conversations, eventLog, metrics, siteId: 'shop', signal: end.signal },
    conversationId,
    cursor,
  );
  return sent;
}

async function threeEvents() {
  const eventLog = createMemoryEventLog();
  const head = await eventLog.append(conversationId, ['a', 'b', 'c'].map(title));
  return { eventLog, head };
}
const shortOf = (event: ChatEvent) => (isLogged(event) ? event.seq : event.type);

describe('a viewer (invariant 6)', () => {
  it('gets the events that it missed, then `synced`', async () => {
    const { eventLog, head } = await threeEvents();
    const sent = await watch(4, { cursor: { ...head, seq: 1 } }, eventLog);
    expect(sent.map(shortOf)).toEqual(['subscribed', 2, 3, 'synced']);
  });

  it('gets `synced` even when it missed nothing', async () => {
    const { eventLog, head } = await threeEvents();
    const sent = await watch(2, { cursor: head }, eventLog);
    expect(sent.at(-1)).toEqual({ type: 'synced', conversationId, ...head });
  });

  it('gets the reason of a snapshot before it, then `synced`', async () => {
    const { eventLog, head } = await threeEvents();
    const sent = await watch(4, { cursor: { epoch: 'before', seq: 2 } }, eventLog);
    expect(sent.map(({ type }) => type)).toEqual(['subscribed', 'reset', 'snapshot', 'synced']);
    expect(sent.slice(1)).toMatchObject([{ why: 'epoch-changed' }, head, head]);
  });

  it.each(['synced', 'snapshot'] as const)(
    'misses no event that is appended while %s is being sent',
    async (type) => {
      const { eventLog, head } = await threeEvents();
      const during = { type, act: () => eventLog.append(conversationId, [title('d')]) };
      const cursor = type === 'synced' ? { cursor: head } : {};
      const sent = await watch(type === 'synced' ? 3 : 4, { ...cursor, during }, eventLog);
      expect(sent.map(shortOf).slice(-2)).toEqual(['synced', 4]);
    },
  );
});

describe('a paged snapshot (invariant 6)', () => {
  it('contains every message once, whatever its size, and marks its last page', () => {
    const conversation = { ...emptyConversation(conversationId, 0), messages: bigMessages(8) };
    const view: View = { position: { epoch: 'e1', seq: 9 }, conversation };
    const pages = [...pagesOf(view)] as EventOf<'snapshot'>[]; // it makes no others
    expect(pages.map(({ page, isLast }) => [page, isLast])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(pages.reduce<View | undefined>(joinSnapshot, undefined)).toEqual(view);
  });

  it('has pages of at most 256 KB of UTF-8 where several messages share a page', () => {
    const messages = bigMessages(8).map((message) => ({
      ...message,
      parts: [{ type: 'text' as const, text: '語'.repeat(40_000) }],
    }));
    const conversation = { ...emptyConversation(conversationId, 0), messages };
    for (const page of pagesOf({ position: { epoch: 'e1', seq: 9 }, conversation }))
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(256 * 1024);
  });
});

it('observes the time from the log to the socket of the reads that have one', async () => {
  const metrics = createMetrics();
  const eventLog = createMemoryEventLog();
  const events = [{ ...title('live'), conversationId, seq: 1 }];
  eventLog.subscribe = async (_id, { handle }) => {
    await handle({ kind: 'events', events, loggedAtMs: performance.now() - 20 });
    await handle({ kind: 'events', events });
  };
  await watch(5, { metrics }, eventLog);
  const { values } = await metrics.logToSocket.get();
  const [count, sum] = ['count', 'sum'].map(
    (name) => values.find(({ metricName }) => metricName?.endsWith(name))?.value,
  );
  expect([count, sum]).toEqual([1, expect.closeTo(0.02, 1)]);
});
