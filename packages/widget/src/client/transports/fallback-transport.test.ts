import { mintCommandId, type CommandOf } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import type { SocketHandlers } from '../environment/environment.ts';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import { FakeHttp } from '../testing/fake-http.ts';
import { createFallbackTransport } from './fallback-transport.ts';

const hello: CommandOf<'hello'> = {
  type: 'hello',
  id: mintCommandId((length) => new Uint8Array(length)),
  protocol: '1.0',
  site: 'demo',
  client: { name: 'test', version: '0' },
  capabilities: [],
  subscriptions: [],
};
const welcome = `{"type":"welcome","protocol":"1.0","sessionId":"s","principal":{"id":"v","kind":"anonymous"},"limits":{"maxFrameBytes":1,"maxMessageChars":1},"heartbeatMs":1,"serverTimeMs":1,"capabilities":[]}`;
const ignore = { unreadable: () => undefined, ignored: () => undefined };

/** @param socket decides the outcome of each socket */
function stand(socket: (handlers: SocketHandlers) => void, storage = new FakeStorage()) {
  const http = new FakeHttp();
  const environment = new FakeEnvironment(storage);
  environment.fetch = http.fetch;
  let sockets = 0;
  const sent: string[] = [];
  environment.openSocket = (_url, _name, handlers) => {
    sockets += 1;
    queueMicrotask(() => {
      socket(handlers);
    });
    return { send: (text) => sent.push(text), close: () => undefined };
  };
  const fallback = createFallbackTransport({ gateway: 'https://chat.test', site: 'demo', environment });
  const open = () => {
    const connection = fallback.open(ignore);
    void connection.send(hello);
    const over = (async () => {
      for await (const _ of connection.receive());
    })();
    return { connection, over };
  };
  /** Opens SSE connections that are welcomed. */
  const welcomed = async () => {
    const { connection } = open();
    await expect.poll(() => http.requests.length).toBeGreaterThan(0);
    http.last.stream().write(`data: ${welcome}\n\n`);
    await settle();
    return connection;
  };
  return { http, environment, storage, open, welcomed, sockets: () => sockets };
}
const refuse = (handlers: SocketHandlers) => {
  handlers.closed(1006, '');
};
const acted = () => {
  const storage = new FakeStorage();
  storage.setItem('rivulet:demo:token', 'a');
  return storage;
};
const kept = (storage: FakeStorage) => storage.getItem('rivulet:demo:transport');

describe('the fallback transport', () => {
  it('stays on the WebSocket while the gateway welcomes it', async () => {
    const { open, sockets, http } = stand((handlers) => {
      handlers.opened();
      handlers.text(welcome);
      handlers.closed(1006, '');
    });
    for (let connection = 0; connection < 3; connection += 1) await open().over;
    expect([sockets(), http.requests.length]).toEqual([3, 0]);
  });

  it('uses SSE after two failures, tests one more socket, and remembers that SSE works', async () => {
    const { open, welcomed, sockets, http, storage } = stand(refuse, acted());
    await open().over;
    await open().over;
    await welcomed();
    expect([sockets(), http.last.path]).toEqual([3, '/v1/sse']);
    expect(kept(storage)).toBe('sse 1000000 https://chat.test');
    const next = stand(refuse, storage);
    await next.welcomed();
    expect(next.sockets()).toBe(0);
  });

  it('remembers nothing when the gateway was only down', async () => {
    let isAway = true;
    const { open, welcomed, sockets, storage } = stand((handlers) => {
      if (isAway) handlers.closed(1006, '');
      else handlers.opened();
    }, acted());
    await open().over;
    await open().over;
    isAway = false;
    await welcomed();
    expect(kept(storage)).toBeNull();
    open();
    await settle();
    expect(sockets()).toBe(4);
  });

  it('uses SSE at once when a socket stays silent', async () => {
    const { open, welcomed, http } = stand((handlers) => {
      handlers.opened();
    });
    open().connection.close({ code: 4501, reason: 'heartbeat' }); // how the client closes a connection without a welcome
    await welcomed();
    expect(http.last.path).toBe('/v1/sse');
  });

  it('uses long polling when the stream is buffered', async () => {
    const { open, environment, http } = stand(() => undefined);
    open().connection.close({ code: 4501, reason: 'heartbeat' });
    const { over } = open();
    await expect.poll(() => http.requests.length).toBe(1);
    await environment.clock.advance(3_000);
    await over;
    open();
    await expect.poll(() => http.last.path).toBe('/v1/poll?wait=0');
  });

  it('stores nothing before the visitor has acted, and its choice afterwards', async () => {
    const { open, welcomed, storage } = stand(refuse);
    await open().over;
    await open().over;
    const connection = await welcomed();
    expect(storage.items.size).toBe(0);
    storage.setItem('rivulet:demo:token', 'a');
    void connection.send({ type: 'ping', id: hello.id });
    expect(kept(storage)).not.toBeNull();
  });

  it('keeps the transport when the gateway itself refuses the connection', async () => {
    const { open, sockets, http } = stand((handlers) => {
      handlers.closed(4401, 'unauthenticated');
    });
    for (let connection = 0; connection < 3; connection += 1) await open().over;
    expect([sockets(), http.requests.length]).toEqual([3, 0]);
  });
});
