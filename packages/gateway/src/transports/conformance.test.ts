import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  decodeEvents,
  encodeFrame,
  type Channel,
  type ChannelClose,
  type ChatEvent,
  type Command,
} from '@rivulet/protocol';
import { describeChannel, Inbox } from '@rivulet/protocol/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_LIMITS, systemClock } from '../base/index.ts';
import { createClientEnd } from '../testing/client-end.ts';
import { helloOf, post, readBlocks } from '../testing/http-protocol-client.ts';
import { Frame } from './frame.ts';
import { readFrame } from './read-frame.ts';
import { createSseChannel } from './sse-channel.ts';
import type { GatewayChannel, Incoming } from './transport.ts';
import type { OpenSocket } from './text-socket.ts';
import { createWebSocketChannel } from './websocket-channel.ts';

// The suite writes megabytes without awaiting each write; other tests cover the bounds of the buffer.
const options = { clock: systemClock, limits: { ...DEFAULT_LIMITS, maxSocketBytes: Infinity } };

async function* commandsOf(items: AsyncIterable<Incoming>): AsyncGenerator<Command> {
  for await (const item of items) if (item.kind === 'command') yield item.command;
}

const gatewayEnd = (
  channel: GatewayChannel,
  receive = () => channel.receive(),
): Channel<ChatEvent, Command> => ({
  closed: channel.closed,
  send: (event) => channel.send(new Frame([event])) ?? Promise.resolve(),
  receive: () => commandsOf(receive()),
  close: (close) => {
    channel.close(close);
  },
});

describeChannel('WebSocket', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const accepted = new Promise<OpenSocket>((resolve) =>
    server.once('connection', (webSocket: WebSocket, { socket: stream }: IncomingMessage) => {
      resolve({ webSocket, stream });
    }),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const client = createClientEnd(
    (command) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(command));
    },
    ({ code, reason }) => {
      socket.close(code, reason);
    },
  );
  socket.on('message', (data: Buffer) => {
    client.deliver(decodeEvents(data.toString()).items);
  });
  socket.on('close', (code, reason) => {
    client.ended({ code, reason: reason.toString() });
  });
  const gateway = createWebSocketChannel(await accepted, options);
  await new Promise<void>((resolve) => {
    if (socket.readyState === WebSocket.OPEN) resolve();
    else socket.once('open', resolve);
  });
  const dispose = async () => {
    socket.terminate();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { client: client.end, gateway: gatewayEnd(gateway), dispose };
});

// Commands of the client are a separate POST. Here it ends in the test; in the gateway it has its own session.
describeChannel('server-sent events', async () => {
  const commands = new Inbox<Incoming>();
  const opened = Promise.withResolvers<GatewayChannel>();
  const server = createServer((request, response) => {
    if (request.url === '/sse') opened.resolve(createSseChannel(response, helloOf(), options));
    else void takeCommands(request, response, commands);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  const url = `http://127.0.0.1:${port}`;
  const line = new AbortController();
  let isOpen = true;
  const client = createClientEnd(
    async (command) => {
      if (isOpen) await post(`${url}/commands`, command);
    },
    () => {
      line.abort();
    },
  );
  const reading = post(`${url}/sse`, '', { signal: line.signal }).then(async (response) => {
    for await (const { data } of readBlocks(response)) {
      const close = JSON.parse(data) as ChannelClose & { type: string };
      if (close.type === 'close') client.ended({ code: close.code, reason: close.reason });
      else client.deliver(decodeEvents(data).items);
    }
  });
  reading.catch(() => undefined); // the client has closed
  const gateway = await opened.promise;
  void gateway.closed.then(() => {
    isOpen = false;
    commands.end();
  });
  const dispose = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client: client.end, gateway: gatewayEnd(gateway, () => commands.read()), dispose };
});

async function takeCommands(
  request: IncomingMessage,
  response: ServerResponse,
  inbox: Inbox<Incoming>,
): Promise<void> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  inbox.push(...readFrame(text));
  response.end();
}
