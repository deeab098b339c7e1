import {
  CLOSE_CODES,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  type ChatEvent,
  type CommandOf,
  type EventOf,
} from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { FakeEnvironment, settle } from '../testing/fake-environment.ts';
import { FakeHttp } from '../testing/fake-http.ts';
import { createLongPollTransport } from './long-poll-transport.ts';
import { createSseTransport } from './sse-transport.ts';
import { UNREADABLE } from './transport.ts';

const zeros = (length: number) => new Uint8Array(length);
const conversationId = mintConversationId(zeros);
const id = mintCommandId(zeros);
const hello: CommandOf<'hello'> = {
  type: 'hello',
  id,
  protocol: '1.0',
  site: 'demo',
  client: { name: 'test', version: '0' },
  capabilities: [],
  subscriptions: [{ conversationId, cursor: { epoch: 'e', seq: 1 } }],
};
const message: CommandOf<'send-message'> = {
  type: 'send-message',
  id,
  conversationId,
  messageId: mintMessageId(zeros),
  parts: [{ type: 'text', text: 'Hello?' }],
};
const welcome: EventOf<'welcome'> = {
  type: 'welcome',
  protocol: '1.0',
  sessionId: 's',
  principal: { id: 'v', kind: 'anonymous' },
  token: 'minted',
  limits: { maxFrameBytes: 65_536, maxMessageChars: 16_000 },
  heartbeatMs: 25_000,
  serverTimeMs: 1,
  capabilities: [],
};
const subscribed: ChatEvent = { type: 'subscribed', conversationId, epoch: 'e', mode: 'replay' };
const synced = (seq: number): ChatEvent => ({ type: 'synced', conversationId, epoch: 'e', seq });
const delta = (seq: number): ChatEvent => ({
  type: 'text-delta',
  seq,
  partId: `${message.messageId}.0` as never, // a part id, which the type cannot see
  at: 0,
  text: 'a',
});
const accepted: ChatEvent = { type: 'accepted', commandId: id };
const block = (...events: object[]) => `data: ${JSON.stringify(events)}\n\n`;

function open(kind: 'sse' | 'long-poll') {
  const http = new FakeHttp();
  const environment = new FakeEnvironment();
  environment.fetch = http.fetch;
  let buffered = 0;
  const transport =
    kind === 'sse'
      ? createSseTransport('https://chat.test/', environment, () => (buffered += 1))
      : createLongPollTransport('https://chat.test/', environment);
  const unreadable: string[] = [];
  const connection = transport.open({
    unreadable: ({ code }) => unreadable.push(code),
    ignored: () => undefined,
  });
  const events: string[] = [];
  void (async () => {
    for await (const event of connection.receive()) events.push(event.type);
  })();
  const isClosed = connection.closed.then(({ code }) => code);
  return { http, environment, connection, events, isClosed, unreadable, buffered: () => buffered };
}

it('a refreshed token is sent with every later request, also with that of the stream', async () => {
  const { http, connection } = open('sse');
  void connection.send({ ...hello, token: 'old' });
  http.last.stream().write(block(welcome, subscribed, synced(1)));
  await settle();
  void connection.send({ type: 'refresh-auth', id, token: 'fresh' });
  void connection.send(message);
  await settle();
  http.last.answer([welcome, accepted]);
  await settle();
  await settle();
  const tokens = http.requests.map(({ path, hello: { token } }) => `${path} ${token ?? ''}`);
  expect(tokens).toEqual(['/v1/sse old', '/v1/sse fresh', '/v1/commands fresh', '/v1/commands fresh']);
});

describe('a connection over server-sent events', () => {
  it('sends the hello with its cursors, and delivers the events of the response', async () => {
    const { http, connection, events } = open('sse');
    void connection.send(hello);
    expect(http.last).toMatchObject({ path: '/v1/sse', commands: [hello] });
    const stream = http.last.stream();
    const text = `:\n\n${block(welcome)}${block(subscribed, delta(2), synced(2))}`;
    stream.write(text.slice(0, 40));
    stream.write(text.slice(40));
    await settle();
    expect(events).toEqual(['welcome', 'subscribed', 'text-delta', 'synced']);
  });

  it('sends each command in a request of its own, in order, with the token of the welcome', async () => {
    const { http, connection, events } = open('sse');
    void connection.send(hello);
    http.last.stream().write(block(welcome));
    await settle();
    void connection.send(message);
    void connection.send({ type: 'abort-run', id, conversationId });
    await settle();
    expect(http.requests).toHaveLength(2);
    expect(http.last.hello).toMatchObject({ token: 'minted', subscriptions: [] });
    http.last.answer([welcome, accepted]);
    await settle();
    expect(http.last.commands[1]?.type).toBe('abort-run');
    expect(events).toEqual(['welcome', 'accepted']);
  });

  it('follows the conversation that an accepted message has created', async () => {
    const { http, connection } = open('sse');
    void connection.send({ ...hello, subscriptions: [] });
    const [first] = http.requests;
    first!.stream().write(block(welcome));
    await settle();
    void connection.send(message);
    await settle();
    http.last.answer([welcome, accepted]);
    await settle();
    expect(first!.signal.aborted).toBe(true);
    expect(http.last).toMatchObject({ path: '/v1/sse', hello: { subscriptions: [{ conversationId }] } });
  });

  it('opens the stream again from its position on a ping, and delivers the welcome as a pong', async () => {
    const { http, connection, events } = open('sse');
    void connection.send(hello);
    http.last.stream().write(block(welcome) + block(subscribed, delta(2), synced(2)) + block(delta(3)));
    await settle();
    void connection.send({ type: 'ping', id });
    expect(http.last.hello.subscriptions).toEqual([{ conversationId, cursor: { epoch: 'e', seq: 3 } }]);
    http.last.stream().write(block(welcome));
    await settle();
    expect(events.at(-1)).toBe('pong');
  });

  it('does not follow a conversation after unsubscribe', async () => {
    const { http, connection } = open('sse');
    void connection.send(hello);
    void connection.send({ type: 'unsubscribe', id, conversationId });
    expect(http.last.hello.subscriptions).toEqual([]);
  });

  it('closes as buffered when no byte arrives within 3 s, and as abnormal when it was welcomed before', async () => {
    const fresh = open('sse');
    void fresh.connection.send(hello);
    await fresh.environment.clock.advance(3_000);
    expect([await fresh.isClosed, fresh.buffered()]).toEqual([CLOSE_CODES.rebalance, 1]);
    const proven = open('sse');
    void proven.connection.send(hello);
    proven.http.last.stream().write(block(welcome));
    await settle();
    void proven.connection.send({ type: 'ping', id });
    await proven.environment.clock.advance(3_000);
    expect([await proven.isClosed, proven.buffered()]).toEqual([1006, 0]);
  });

  it('closes as buffered when events that were sent seconds apart arrive together', async () => {
    const { http, connection, isClosed, buffered } = open('sse');
    void connection.send(hello);
    const pong = (serverTimeMs: number) => block({ type: 'pong', serverTimeMs });
    http.last.stream().write(pong(1_000) + pong(26_000) + pong(51_000));
    expect([await isClosed, buffered()]).toEqual([CLOSE_CODES.rebalance, 1]);
  });

  it.each([
    [
      'a close item',
      (write: (text: string) => void) => {
        write(block({ type: 'close', code: 4000, reason: 'drain' }));
      },
      4000,
    ],
    [
      'an invalid frame',
      (write: (text: string) => void) => {
        write('data: {"type"\n\n');
      },
      UNREADABLE.code,
    ],
  ] as const)('closes with the code of %s', async (_cause, respond, code) => {
    const { http, connection, isClosed } = open('sse');
    void connection.send(hello);
    const stream = http.last.stream();
    respond((text) => {
      stream.write(text);
    });
    expect(await isClosed).toBe(code);
  });

  it('closes as abnormal when the request fails, the stream is cut or a proxy answers with an error', async () => {
    for (const end of ['fail', 'cut', 'refuse'] as const) {
      const { http, connection, isClosed } = open('sse');
      void connection.send(hello);
      if (end === 'fail') http.last.fail();
      else if (end === 'cut') http.last.stream().end();
      else http.last.refuse(502, '<html>');
      expect(await isClosed).toBe(1006);
    }
  });

  it('closes with the code of the error with which the gateway refuses the request', async () => {
    const { http, connection, isClosed } = open('sse');
    void connection.send(hello);
    http.last.refuse(403, '{"code":"origin-denied","message":"","retry":"no"}');
    expect(await isClosed).toBe(CLOSE_CODES['origin-denied']);
  });

  it('leaves no timer and no request after the close', async () => {
    const { http, connection, environment } = open('sse');
    void connection.send(hello);
    connection.close({ code: 1000, reason: '' });
    await settle();
    expect([http.last.signal.aborted, environment.clock.pendingTimers]).toEqual([true, 0]);
  });
});

describe('a connection over long polling', () => {
  it('sends its first poll without a wait, the next ones from its position, and delivers them as one stream', async () => {
    const { http, connection, events } = open('long-poll');
    void connection.send(hello);
    expect(http.last.path).toBe('/v1/poll?wait=0');
    http.last.answer([welcome, subscribed, synced(1)]);
    await settle();
    expect(http.last.path).toBe('/v1/poll');
    http.last.answer([welcome, subscribed, delta(2), synced(2)]);
    await settle();
    expect(http.last.hello.subscriptions[0]?.cursor).toEqual({ epoch: 'e', seq: 2 });
    expect(events).toEqual(['welcome', 'subscribed', 'synced', 'pong', 'text-delta']);
  });

  it('waits before the next poll when a response arrives at once without news', async () => {
    const { http, connection, environment } = open('long-poll');
    void connection.send(hello);
    http.last.answer([welcome, subscribed, synced(1)]);
    await settle();
    http.last.answer([welcome, { type: 'draining', withinMs: 5_000 }, subscribed, synced(1)]);
    await settle();
    expect(http.requests).toHaveLength(2);
    await environment.clock.advance(1_000);
    expect(http.requests).toHaveLength(3);
  });

  it('closes with the code of the last item', async () => {
    const { http, connection, isClosed } = open('long-poll');
    void connection.send(hello);
    http.last.answer([welcome, { type: 'close', code: 4001, reason: 'slow' }]);
    expect(await isClosed).toBe(4001);
  });
});
