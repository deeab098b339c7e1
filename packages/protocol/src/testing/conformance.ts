/** The contract tests of `Channel`: call `describeChannel` once for each transport. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Channel } from '../codec/channel.ts';
import { CLOSE_CODES } from '../codec/close-codes.ts';
import type { Command, CommandOf } from '../schemas/commands.ts';
import type { ChatEvent } from '../schemas/events.ts';
import { mintCommandId, mintConversationId, mintMessageId } from '../schemas/ids.ts';

/** The two ends of one open connection, after the handshake of its transport. */
export interface ChannelEnds {
  /** The end that sends commands. */
  client: Channel<Command, ChatEvent>;
  /** The end that sends events. */
  gateway: Channel<ChatEvent, Command>;
  /** Closes what carried the connection, such as servers and sockets. Called after each test. */
  dispose?: () => Promise<void> | void;
}
/** Opens a new connection. Called once in each test. */
export type OpenChannel = () => ChannelEnds | Promise<ChannelEnds>;

const NORMAL_CLOSE = { code: 1000, reason: 'done' };
const DRAIN_CLOSE = { code: CLOSE_CODES.drain, reason: 'drain' };
/** 8 MiB in total: more than the buffers of a socket hold, so that a sender has to wait for its reader. */
const FLOOD_FRAMES = 128;
const FLOOD_CHARS = 64 * 1024;

const zeros = (length: number) => new Uint8Array(length);
/** A command whose id is different for each index. */
const ping = (index: number): Command => ({
  type: 'ping',
  id: mintCommandId((length) => Uint8Array.from({ length }, (_, at) => (index >> at) & 1)),
});
const sendMessageOf = (text: string): CommandOf<'send-message'> => ({
  type: 'send-message',
  id: mintCommandId(zeros),
  conversationId: mintConversationId(zeros),
  messageId: mintMessageId(zeros),
  parts: [{ type: 'text', text }],
});
const pong = (serverTimeMs: number): ChatEvent => ({ type: 'pong', serverTimeMs });
const list = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const welcome = (sessionId: string): ChatEvent => ({
  type: 'welcome',
  protocol: '1.0',
  sessionId,
  principal: { id: 'visitor', kind: 'anonymous' },
  limits: { maxFrameBytes: 65_536, maxMessageChars: 16_000 },
  heartbeatMs: 25_000,
  serverTimeMs: 1,
  capabilities: [],
});

/** Reads the items of one iterator in steps: `take` reads `count` items, `rest` all others until the end. */
function reader<Item>(items: AsyncIterable<Item>) {
  const iterator = items[Symbol.asyncIterator]();
  const take = async (count: number): Promise<Item[]> => {
    const taken: Item[] = [];
    while (taken.length < count) {
      const next = await iterator.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  };
  return { take, rest: () => take(Infinity) };
}

async function sendAll<Send, Receive>(
  channel: Channel<Send, Receive>,
  items: readonly Send[],
): Promise<void> {
  for (const item of items) await channel.send(item);
}

/**
 * Declares the contract tests for one transport.
 * @param name of the transport, for the titles of the tests
 * @param open opens a new connection over the transport
 * @see PROTOCOL.md §3, §14
 */
export function describeChannel(name: string, open: OpenChannel): void {
  const opened = async () => {
    const ends = await open();
    onTestFinished(async () => {
      ends.client.close(NORMAL_CLOSE);
      ends.gateway.close(NORMAL_CLOSE);
      await ends.dispose?.();
    });
    return ends;
  };
  describe(`the channel over ${name}`, () => {
    describeOrder(opened);
    describeClose(opened);
    describeSize(opened);
  });
}

function describeOrder(opened: () => Promise<ChannelEnds>): void {
  it('carries commands in order', async () => {
    const { client, gateway } = await opened();
    const commands = list(50, ping);
    await sendAll(client, commands);
    expect(await reader(gateway.receive()).take(50)).toEqual(commands);
  });

  it('carries events in order, also when they are sent without awaiting', async () => {
    const { client, gateway } = await opened();
    const events = list(200, pong);
    await Promise.all(events.map((event) => gateway.send(event)));
    expect(await reader(client.receive()).take(200)).toEqual(events);
  });

  it('carries both directions at once', async () => {
    const { client, gateway } = await opened();
    const [up, down] = [list(50, ping), list(50, pong)];
    const received = Promise.all([reader(gateway.receive()).take(50), reader(client.receive()).take(50)]);
    await Promise.all([sendAll(client, up), sendAll(gateway, down)]);
    expect(await received).toEqual([up, down]);
  });
}

function describeClose(opened: () => Promise<ChannelEnds>): void {
  it('gives the client the code and the reason with which the gateway closes', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN_CLOSE);
    expect(await client.closed).toEqual(DRAIN_CLOSE);
    expect(await gateway.closed).toEqual(DRAIN_CLOSE);
  });

  it('resolves `closed` of the gateway when the client closes', async () => {
    const { client, gateway } = await opened();
    client.close(NORMAL_CLOSE);
    expect(await client.closed).toEqual(NORMAL_CLOSE);
    expect(await gateway.closed).toMatchObject({ code: expect.any(Number) as number });
  });

  it('delivers the events that were sent before the gateway closed, then ends', async () => {
    const { client, gateway } = await opened();
    const events = list(20, pong);
    const received = reader(client.receive()).rest();
    await sendAll(gateway, events);
    gateway.close(DRAIN_CLOSE);
    expect(await received).toEqual(events);
  });

  it('ends `receive` of both sides when either closes', async () => {
    const { client, gateway } = await opened();
    const ended = Promise.all([reader(client.receive()).rest(), reader(gateway.receive()).rest()]);
    client.close(NORMAL_CLOSE);
    expect(await ended).toEqual([[], []]);
  });

  it('keeps the code of the first of two closes', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN_CLOSE);
    gateway.close(NORMAL_CLOSE);
    expect(await gateway.closed).toEqual(DRAIN_CLOSE);
    expect(await client.closed).toEqual(DRAIN_CLOSE);
  });

  it('ignores items that are sent after the close', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN_CLOSE);
    await Promise.all([client.closed, gateway.closed]);
    await expect(gateway.send(pong(1))).resolves.toBeUndefined();
    await expect(client.send(ping(1))).resolves.toBeUndefined();
    expect(await reader(client.receive()).rest()).toEqual([]);
  });
}

function describeSize(opened: () => Promise<ChannelEnds>): void {
  it('carries a frame of 300 KB to the client unchanged', async () => {
    const { client, gateway } = await opened();
    const event = welcome('👩‍👩‍👧 "\\\n\u2028'.repeat(20_000));
    const received = reader(client.receive()).take(1);
    await gateway.send(event);
    expect(await received).toEqual([event]);
  });

  it('carries a frame of 60 KiB to the gateway unchanged', async () => {
    const { client, gateway } = await opened();
    const text = 'é"'.repeat(15_000); // 2 + 2 bytes each, the quote escaped
    const command = sendMessageOf(text);
    const received = reader(gateway.receive()).take(1);
    await client.send(command);
    expect(await received).toEqual([command]);
  });

  it('resolves every pending send while the reader reads', async () => {
    const { client, gateway } = await opened();
    const events = list(FLOOD_FRAMES, (index) => welcome(String(index).padEnd(FLOOD_CHARS, '.')));
    const sent = sendAll(gateway, events);
    const received = await reader(client.receive()).take(FLOOD_FRAMES);
    await sent;
    expect(received.map((event) => event.type === 'welcome' && parseInt(event.sessionId, 10))).toEqual(
      list(FLOOD_FRAMES, (index) => index),
    );
  });

  it('resolves pending sends when the connection closes', async () => {
    const { client, gateway } = await opened();
    const event = welcome('.'.repeat(FLOOD_CHARS));
    const sent = Promise.all(list(FLOOD_FRAMES, () => gateway.send(event)));
    client.close(NORMAL_CLOSE);
    gateway.close(NORMAL_CLOSE);
    await expect(sent).resolves.toHaveLength(FLOOD_FRAMES);
  });
}
