import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLOSE_CODES } from '@rivulet/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createWebSocketChannel, type OpenSocket } from './websocket-channel.ts';

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
