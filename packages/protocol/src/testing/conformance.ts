/** The contract of a Channel over any transport: call `describeChannel` once for each transport. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Channel } from '../codec/channel.ts';
import { CLOSE_CODES } from '../codec/close-codes.ts';
import type { Command, CommandOf } from '../schemas/commands.ts';
import type { ChatEvent } from '../schemas/events.ts';
import { mintCommandId, mintConversationId, mintMessageId } from '../schemas/ids.ts';

/** Two ends of one open connection, after the handshake of its transport. */
export interface ChannelEnds {
  client: Channel<Command, ChatEvent>;
  gateway: Channel<ChatEvent, Command>;
  /** Frees what carried the connection: servers, sockets. */
  dispose?: () => Promise<void> | void;
}
/** Opens a new connection for one test. */
export type OpenChannel = () => ChannelEnds | Promise<ChannelEnds>;

const LEAVING = { code: 1000, reason: 'done' };
const DRAIN = { code: CLOSE_CODES.drain, reason: 'drain' };
/** More than the buffers of a socket hold, so that a sender has to wait for its reader. */
const FLOOD_FRAMES = 128;
const FLOOD_CHARS = 64 * 1024;

const zeros = (length: number) => new Uint8Array(length);
/** A command that differs from those of other indexes. */
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

/** `take` reads `count` items and leaves the rest. */
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

/** Declares the tests of the contract for one transport. `name` stands in their titles. @see PROTOCOL.md §3, §14 */
export function describeChannel(name: string, open: OpenChannel): void {
  const opened = async () => {
    const ends = await open();
    onTestFinished(async () => {
      ends.client.close(LEAVING);
      ends.gateway.close(LEAVING);
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

  it('carries events in order, also those sent without waiting', async () => {
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
  it('tells the client the code and the reason with which the gateway closes', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN);
    expect(await client.closed).toEqual(DRAIN);
    expect(await gateway.closed).toEqual(DRAIN);
  });

  it('tells the gateway that the client has closed', async () => {
    const { client, gateway } = await opened();
    client.close(LEAVING);
    expect(await client.closed).toEqual(LEAVING);
    expect(await gateway.closed).toMatchObject({ code: expect.any(Number) as number });
  });

  it('delivers what was sent before the gateway closed, then ends', async () => {
    const { client, gateway } = await opened();
    const events = list(20, pong);
    const received = reader(client.receive()).rest();
    await sendAll(gateway, events);
    gateway.close(DRAIN);
    expect(await received).toEqual(events);
  });

  it('ends what both sides receive, whoever closes', async () => {
    const { client, gateway } = await opened();
    const ended = Promise.all([reader(client.receive()).rest(), reader(gateway.receive()).rest()]);
    client.close(LEAVING);
    expect(await ended).toEqual([[], []]);
  });

  it('keeps the first of two closes', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN);
    gateway.close(LEAVING);
    expect(await gateway.closed).toEqual(DRAIN);
    expect(await client.closed).toEqual(DRAIN);
  });

  it('ignores what is sent after the close', async () => {
    const { client, gateway } = await opened();
    gateway.close(DRAIN);
    await Promise.all([client.closed, gateway.closed]);
    await expect(gateway.send(pong(1))).resolves.toBeUndefined();
    await expect(client.send(ping(1))).resolves.toBeUndefined();
    expect(await reader(client.receive()).rest()).toEqual([]);
  });
}

function describeSize(opened: () => Promise<ChannelEnds>): void {
  it('carries a frame of 300 KB down whole', async () => {
    const { client, gateway } = await opened();
    const event = welcome('👩‍👩‍👧 "\\\n\u2028'.repeat(20_000));
    const received = reader(client.receive()).take(1);
    await gateway.send(event);
    expect(await received).toEqual([event]);
  });

  it('carries a frame of 60 KiB up whole', async () => {
    const { client, gateway } = await opened();
    const text = 'é"'.repeat(15_000); // 2 + 2 bytes each, the quote escaped
    const command = sendMessageOf(text);
    const received = reader(gateway.receive()).take(1);
    await client.send(command);
    expect(await received).toEqual([command]);
  });

  it('lets every sender go on as the reader reads', async () => {
    const { client, gateway } = await opened();
    const events = list(FLOOD_FRAMES, (index) => welcome(String(index).padEnd(FLOOD_CHARS, '.')));
    const sent = sendAll(gateway, events);
    const received = await reader(client.receive()).take(FLOOD_FRAMES);
    await sent;
    expect(received.map((event) => event.type === 'welcome' && parseInt(event.sessionId, 10))).toEqual(
      list(FLOOD_FRAMES, (index) => index),
    );
  });

  it('lets a waiting sender go when the connection closes', async () => {
    const { client, gateway } = await opened();
    const event = welcome('.'.repeat(FLOOD_CHARS));
    const sent = Promise.all(list(FLOOD_FRAMES, () => gateway.send(event)));
    client.close(LEAVING);
    gateway.close(LEAVING);
    await expect(sent).resolves.toHaveLength(FLOOD_FRAMES);
  });
}
