import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CLOSE_CODES } from '@rivulet/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { OpenSocket } from './text-socket.ts';
import { createWebSocketChannel } from './websocket-channel.ts';

async function openChannel() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  const accepted = new Promise<OpenSocket>((resolve) =>
    server.once('connection', (webSocket: WebSocket, { socket: stream }: IncomingMessage) => {
      resolve({ webSocket, stream });
    }),
  );
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const socket = await accepted;
  const clock = createFakeClock();
  const channel = createWebSocketChannel(socket, { clock, limits: DEFAULT_LIMITS });
  await once(client, 'open');
  onTestFinished(() => {
    client.terminate();
    server.close();
  });
  return { client, socket, channel, clock };
}

const PING = JSON.stringify({ type: 'ping', id: 'q_0123456789abcdef' });

it('a client that sends more commands than the session takes is closed, and nothing of it is read any more', async () => {
  const { client, socket, channel, clock } = await openChannel();
  for (let count = 0; count < 1_000; count += 1) client.send(PING);
  while (!socket.webSocket.isPaused) await new Promise((resolve) => setImmediate(resolve));
  const received = [];
  for await (const item of channel.receive()) received.push(item);
  expect(received).toEqual([]);
  const closed = once(client, 'close');
  clock.advance(2_000); // the client's answer to the close is not read
  expect(await closed).toMatchObject([CLOSE_CODES['rate-limited'], {}]);
  await channel.closed;
});

it('a channel that the gateway has closed keeps no command that still arrives', async () => {
  const { client, socket, channel } = await openChannel();
  client.send(PING);
  await once(socket.webSocket, 'message');
  channel.close({ code: CLOSE_CODES.drain, reason: '' });
  client.send(PING);
  const received = [];
  for await (const item of channel.receive()) received.push(item);
  expect(received).toEqual([]);
});

describe('a message that is not completed', () => {
  const FIRST_FRAGMENT = Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x7b]);
  const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

  it.each([
    ['a frame', Buffer.from([0x81, 0xfe, 0x40, 0x00, 0, 0, 0, 0, 0x7b])],
    ['half a header', Buffer.from([0x81])],
    ['fragments, with pongs between them', Buffer.concat([FIRST_FRAGMENT, PONG])],
  ])('(%s) closes the connection as bad-frame after its time', async (_, bytes) => {
    const { client, socket, channel, clock } = await openChannel();
    const raw = streamOf(client);
    raw.write(bytes);
    await once(socket.stream, 'data');
    clock.advance(DEFAULT_LIMITS.requestMs - 1);
    expect(socket.webSocket.readyState).toBe(WebSocket.OPEN);
    const closed = once(client, 'close');
    clock.advance(2_001); // the client's answer to the close is not read
    expect(await closed).toMatchObject([CLOSE_CODES['bad-frame'], {}]);
    await channel.closed;
  });

  it('does not close a connection on which messages keep coming, wherever the chunks end', async () => {
    const { client, socket, clock } = await openChannel();
    const ping = Buffer.concat([Buffer.from([0x81, 0x80 | PING.length, 0, 0, 0, 0]), Buffer.from(PING)]);
    let rest = ping.subarray(0, 9);
    for (let second = 0; second < 40; second += 10) {
      streamOf(client).write(rest);
      await once(socket.stream, 'data');
      rest = Buffer.concat([ping.subarray(9), ping.subarray(0, 9)]);
      clock.advance(10_000);
    }
    expect(socket.webSocket.readyState).toBe(WebSocket.OPEN);
  });
});

/** The connection below a client, to write frames that `ws` would not send. */
const streamOf = (client: WebSocket) => (client as unknown as { _socket: Socket })._socket;
