import {
  CLOSE_CODES,
  type ChatError,
  mintCommandId,
  type ChatEvent,
  type CommandOf,
} from '@rivulet/protocol';
import { setupServer } from 'msw/node';
import { ws } from 'msw';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createBrowserEnvironment } from '../environment/browser-environment.ts';
import type { SocketHandlers } from '../environment/environment.ts';
import { UNREADABLE, type ClientChannel } from './transport.ts';
import { createWebSocketTransport, webSocketUrl } from './websocket-transport.ts';

const link = ws.link('wss://chat.test/base/v1/ws');
const server = setupServer();

beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

const pong: ChatEvent = { type: 'pong', serverTimeMs: 1 };
const PING: CommandOf<'ping'> = { type: 'ping', id: mintCommandId((length) => new Uint8Array(length)) };

function open() {
  const unreadable: ChatError[] = [];
  let ignored = 0;
  const connection = createWebSocketTransport('https://chat.test/base/', createBrowserEnvironment()).open({
    unreadable: (error) => unreadable.push(error),
    ignored: (count) => (ignored += count),
  });
  return { connection, unreadable, ignored: () => ignored };
}

async function readAll(connection: ClientChannel): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of connection.receive()) events.push(event);
  return events;
}

test('a connection that is closed before its socket opens closes the socket once it has opened, and sends nothing', async () => {
  const sent: string[] = [];
  let handlers: SocketHandlers | undefined;
  const transport = createWebSocketTransport('https://chat.test/base/', {
    openSocket(_url, _protocol, socketHandlers) {
      handlers = socketHandlers;
      return { send: (frame) => sent.push(frame), close: (code) => sent.push(`close ${code}`) };
    },
  });
  const connection = transport.open({ unreadable: () => undefined, ignored: () => undefined });
  void connection.send(PING);
  connection.close({ code: CLOSE_CODES.unauthenticated, reason: '' });
  expect([await connection.closed, sent]).toEqual([{ code: CLOSE_CODES.unauthenticated, reason: '' }, []]);
  handlers?.opened();
  expect(sent).toEqual(['close 1000']);
});

test('commands sent before the socket opens arrive in order, under the subprotocol', async () => {
  const received: unknown[] = [];
  server.use(
    link.addEventListener('connection', ({ client, info }) => {
      received.push(info.protocols);
      client.addEventListener('message', ({ data }) => {
        received.push(/"type":"(\w+)"/.exec(String(data))?.[1]);
        if (received.length === 3) client.close(CLOSE_CODES.drain, 'drain');
      });
    }),
  );
  const { connection } = open();
  void connection.send({ ...PING, type: 'hello' } as CommandOf<'hello'>); // only its type matters here
  void connection.send(PING);
  expect(await connection.closed).toMatchObject({ code: CLOSE_CODES.drain });
  expect(received).toEqual([
    expect.toSatisfy((names) => [names].flat().includes('rivulet.v1')),
    'hello',
    'ping',
  ]);
});

test('frames are delivered in order until the close, and unknown types are counted', async () => {
  server.use(
    link.addEventListener('connection', ({ client }) => {
      client.send(JSON.stringify([pong, { ...pong, serverTimeMs: 2 }, { type: 'from-the-future' }]));
      client.addEventListener('message', () => {
        client.close(CLOSE_CODES.slow, 'slow');
      });
    }),
  );
  const { connection, ignored } = open();
  const times: unknown[] = [];
  for await (const event of connection.receive()) {
    times.push('serverTimeMs' in event && event.serverTimeMs);
    if (times.length === 2) void connection.send(PING);
  }
  expect(times).toEqual([1, 2]);
  expect(await connection.closed).toMatchObject({ code: CLOSE_CODES.slow });
  expect(ignored()).toBe(1);
});

test('events that arrived before the close can be read after it', async () => {
  let handlers: SocketHandlers | undefined;
  const openSocket = (_url: string, _name: string, socketHandlers: SocketHandlers) => {
    handlers = socketHandlers;
    return { send: () => undefined, close: () => undefined };
  };
  const connection = createWebSocketTransport('http://chat.test', { openSocket }).open({
    unreadable: () => undefined,
    ignored: () => undefined,
  });
  handlers?.text(JSON.stringify(pong));
  handlers?.closed(CLOSE_CODES.slow, 'slow');
  expect(await readAll(connection)).toEqual([pong]);
});

test('an invalid frame is reported and closes the connection with a code after which the client reconnects', async () => {
  let code: number | undefined;
  const isGone = new Promise<void>((resolve) => {
    server.use(
      link.addEventListener('connection', ({ client }) => {
        client.addEventListener('close', (event) => {
          ({ code } = event);
          resolve();
        });
        client.send('{"type":"pong"');
      }),
    );
  });
  const { connection, unreadable } = open();
  expect(await readAll(connection)).toEqual([]);
  expect(await connection.closed).toEqual(UNREADABLE);
  await isGone;
  expect(code).toBe(CLOSE_CODES['bad-frame']);
  expect(unreadable.map((error) => error.code)).toEqual(['bad-frame']);
});

test('closing settles at once, a second close changes nothing, and later commands are dropped', async () => {
  server.use(link.addEventListener('connection', () => undefined));
  const { connection } = open();
  connection.close({ code: 1000, reason: '' });
  connection.close({ code: 4000, reason: 'again' });
  expect(await connection.closed).toEqual({ code: 1000, reason: '' });
  await connection.send(PING);
  expect(await readAll(connection)).toEqual([]);
});

test('a socket that the page forbids counts as a connection that cannot be established', async () => {
  const forbid = () => {
    throw new Error('insecure');
  };
  const connection = createWebSocketTransport('http://chat.test', { openSocket: forbid }).open({
    unreadable: () => undefined,
    ignored: () => undefined,
  });
  expect(await connection.closed).toEqual({ code: 1006, reason: '' });
});

test.each([
  ['https://chat.test', 'wss://chat.test/v1/ws'],
  ['http://127.0.0.1:8787/', 'ws://127.0.0.1:8787/v1/ws'],
  ['https://site.test/chat/?x=1#y', 'wss://site.test/chat/v1/ws'],
])('the socket of %s is %s', (gateway, url) => {
  expect(webSocketUrl(gateway)).toBe(url);
});

test('closing with a code that a page may not send closes the socket with one that it may', async () => {
  const gone = Promise.withResolvers<number>();
  server.use(
    link.addEventListener('connection', ({ client }) => {
      client.addEventListener('close', ({ code }) => {
        gone.resolve(code);
      });
      client.send(JSON.stringify(pong));
    }),
  );
  const { connection } = open();
  for await (const _event of connection.receive()) connection.close(UNREADABLE);
  expect(await gone.promise).toBe(CLOSE_CODES['bad-frame']);
});
