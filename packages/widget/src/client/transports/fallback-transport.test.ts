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

/** Creates the transport with fakes. @param socket decides the outcome of each socket */
function setUp(socket: (handlers: SocketHandlers) => void, storage = new FakeStorage()) {
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
    const ended = (async () => {
      for await (const _ of connection.receive());
    })();
    return { connection, ended };
  };
  /** Opens an SSE connection and answers it with a welcome. */
  const openWelcomed = async () => {
    const { connection } = open();
    await expect.poll(() => http.requests.length).toBeGreaterThan(0);
    http.last.stream().write(`data: ${welcome}\n\n`);
    await settle();
    return connection;
  };
  return { http, environment, storage, open, openWelcomed, sockets: () => sockets };
}
const refuseSocket = (handlers: SocketHandlers) => {
  handlers.closed(1006, '');
};
/** Storage that the widget may write to, because an earlier page stored a value there. */
const storageOfActiveVisitor = () => {
  const storage = new FakeStorage();
  storage.setItem('rivulet:demo:token', 'a');
  return storage;
};
const storedChoice = (storage: FakeStorage) => storage.getItem('rivulet:demo:transport');

describe('the fallback transport', () => {
  it('stays on the WebSocket while the gateway welcomes it', async () => {
    const { open, sockets, http } = setUp((handlers) => {
      handlers.opened();
      handlers.text(welcome);
      handlers.closed(1006, '');
    });
    for (let connection = 0; connection < 3; connection += 1) await open().ended;
    expect([sockets(), http.requests.length]).toEqual([3, 0]);
  });

  it('uses SSE after two failed sockets, opens one more socket as a test, and remembers SSE when that fails', async () => {
    const { open, openWelcomed, sockets, http, storage } = setUp(refuseSocket, storageOfActiveVisitor());
    await open().ended;
    await open().ended;
    await openWelcomed();
    expect([sockets(), http.last.path]).toEqual([3, '/v1/sse']);
    expect(storedChoice(storage)).toBe('sse 1000000 https://chat.test');
    const next = setUp(refuseSocket, storage);
    await next.openWelcomed();
    expect(next.sockets()).toBe(0);
  });

  it('returns to the WebSocket and stores nothing when the gateway was down and its sockets open again', async () => {
    let isDown = true;
    const { open, openWelcomed, sockets, storage } = setUp((handlers) => {
      if (isDown) handlers.closed(1006, '');
      else handlers.opened();
    }, storageOfActiveVisitor());
    await open().ended;
    await open().ended;
    isDown = false;
    await openWelcomed();
    expect(storedChoice(storage)).toBeNull();
    open();
    await settle();
    expect(sockets()).toBe(4);
  });

  it('uses SSE at once when a socket opens and no welcome arrives', async () => {
    const { open, openWelcomed, http } = setUp((handlers) => {
      handlers.opened();
    });
    open().connection.close({ code: 4501, reason: 'heartbeat' }); // how the client closes a connection without a welcome
    await openWelcomed();
    expect(http.last.path).toBe('/v1/sse');
  });

  it('uses long polling after an SSE stream that is buffered', async () => {
    const { open, environment, http } = setUp(() => undefined);
    open().connection.close({ code: 4501, reason: 'heartbeat' });
    const { ended } = open();
    await expect.poll(() => http.requests.length).toBe(1);
    await environment.clock.advance(3_000);
    await ended;
    open();
    await expect.poll(() => http.last.path).toBe('/v1/poll?wait=0');
  });

  it('stores nothing before the visitor has acted, and its choice afterwards', async () => {
    const { open, openWelcomed, storage } = setUp(refuseSocket);
    await open().ended;
    await open().ended;
    const connection = await openWelcomed();
    expect(storage.items.size).toBe(0);
    storage.setItem('rivulet:demo:token', 'a');
    void connection.send({ type: 'ping', id: hello.id });
    expect(storedChoice(storage)).not.toBeNull();
  });

  it('keeps the transport when the gateway itself refuses the connection', async () => {
    const { open, sockets, http } = setUp((handlers) => {
      handlers.closed(4401, 'unauthenticated');
    });
    for (let connection = 0; connection < 3; connection += 1) await open().ended;
    expect([sockets(), http.requests.length]).toEqual([3, 0]);
  });
});
