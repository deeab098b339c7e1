import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { limitHeaders } from './slow-requests.ts';

let clock: FakeClock;
let started: StartedGateway;
beforeEach(async () => {
  clock = createFakeClock();
  const adminUsers = [{ name: 'ann', role: 'viewer' as const, tokenHash: 'f'.repeat(64) }];
  started = await startGateway({ clock, adminUsers });
});
afterEach(() => started.stop());

/** Sends the text over a connection of its own. @returns the connection, and what has arrived when it is closed */
function send(url: string, text: string): { socket: Socket; answer: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  const answer = (async () => {
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    return received;
  })();
  return { socket, answer };
}

/** Advances the clock once the gateway has begun to read the request, which sets one more timer. */
async function pass(ms: number, timers: number): Promise<void> {
  while (clock.pending <= timers) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(ms);
}

const head = (path: string, bytes: number, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n${more}\r\n`;

describe('a body that does not arrive within 15 s', () => {
  const paths = [
    '/v1/sse',
    '/v1/poll',
    '/v1/commands',
    '/v1/conversations/c_12345678/messages',
    '/v1/visitor',
  ];
  it.each([...paths, '/admin/api/login'])(
    'of %s is answered with 408, and the connection is closed',
    async (path) => {
      const timers = clock.pending;
      const { answer } = send(started.url, `${head(path, 1_000)}{`);
      await pass(15_000, timers);
      expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close[^]*"code":"bad-frame"/);
    },
  );

  it('of a file is cut when it brings next to nothing, and not while it goes on', async () => {
    const client = await ProtocolClient.connect(started.url);
    const { token } = await client.received('welcome');
    const more = `Authorization: Bearer ${token}\r\nContent-Type: text/plain\r\n`;
    const timers = clock.pending;
    const { socket, answer } = send(started.url, head('/v1/files?name=a.txt', 100_000, more));
    socket.write('x'.repeat(20_000));
    await pass(14_999, timers);
    while (socket.bytesWritten < 20_000 || socket.writableLength > 0) await once(socket, 'drain');
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
    expect(socket.destroyed).toBe(false);
    clock.advance(15_000);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('headers that do not arrive in time', () => {
  async function listen(change: (server: Server) => void): Promise<string> {
    const server = createServer((_, response) => response.end());
    change(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has this kind of address
  }

  it.each(['', 'GET / HT', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '])(
    '(%j) close the connection',
    async (text) => {
      const url = await listen((server) => {
        limitHeaders(server, { requestMs: 300 });
      });
      const { answer } = send(url, text);
      expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    },
  );

  it('do not get more time from a server that has shorter limits, or none', () => {
    const server = createServer({ headersTimeout: 1_000 });
    limitHeaders(server, { requestMs: 15_000 });
    expect(server.headersTimeout).toBe(1_000);
    server.headersTimeout = 0;
    limitHeaders(server, { requestMs: 15_000 });
    expect(server.headersTimeout).toBe(10_000);
  });
});
