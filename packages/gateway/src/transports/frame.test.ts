import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeEvents, mintMessageId, partIdOf, type ChatEvent } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { randomBytes } from '../base/index.ts';
import { Frame } from './frame.ts';

const partId = partIdOf(mintMessageId(randomBytes), 0);
const event = (text: string): ChatEvent => ({
  type: 'text-delta',
  partId,
  at: 0,
  text,
  seq: 1,
});

it('a frame of one event is an object, a frame of several an array', () => {
  const one = event('one');
  expect(JSON.parse(new Frame([one]).json)).toEqual(one);
  expect(JSON.parse(new Frame([one, one]).json)).toEqual([one, one]);
});

it('encodes once, however many receivers there are', () => {
  const frame = new Frame([event('one')]);
  expect(frame.webSocketMessage).toBe(frame.webSocketMessage);
});

it('a WebSocket client reads messages of every size of header', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const texts = ['a', 'ü'.repeat(200), '😀'.repeat(40_000)];
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, () => {
      for (const text of texts) socket.write(new Frame([event(text)]).webSocketMessage);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const received: ChatEvent[] = [];
  await new Promise<void>((resolve) => {
    client.on('message', (data: Buffer) => {
      received.push(...decodeEvents(data.toString()).items);
      if (received.length === texts.length) resolve();
    });
  });
  expect(received).toEqual(texts.map(event));
  client.terminate();
  sockets.close();
  server.close();
});
