import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { CLOSE_CODES, mintCommandId, mintConversationId, type ChatEvent } from '@rivulet/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS, randomBytes } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { helloOf } from '../testing/http-protocol-client.ts';
import { Frame } from './frame.ts';
import { createLongPollChannel } from './long-poll-channel.ts';
import { createSseChannel } from './sse-channel.ts';

const clockAndLimits = () => ({ clock: createFakeClock(), limits: DEFAULT_LIMITS });

/** The gateway's side of one request; its client reads nothing before `read` is called. */
async function openRequest() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  const response = new Promise<ServerResponse>((resolve) => {
    server.once('request', (_request, answer) => {
      resolve(answer);
    });
  });
  const socket = connect(port, '127.0.0.1').pause();
  socket.write('POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n');
  onTestFinished(async () => {
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString()));
  socket.pause();
  const until = (part: string) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (text.includes(part)) resolve();
      };
      socket.on('data', check).resume();
      check();
    });
  return { response: await response, socket, until, text: () => text };
}

const pong: ChatEvent = { type: 'pong', serverTimeMs: 1 };
const large = (index: number): ChatEvent => ({
  type: 'rejected',
  error: { code: 'internal', message: `${index}`.padEnd(48 * 1024, '.'), retry: 'no' },
});
const conversationId = mintConversationId(randomBytes);
const welcome: ChatEvent = {
  type: 'welcome',
  protocol: '1.0',
  sessionId: 's',
  principal: { id: 'v', kind: 'anonymous' },
  limits: { maxFrameBytes: 65_536, maxMessageChars: 16_000 },
  heartbeatMs: 25_000,
  serverTimeMs: 1,
  capabilities: [],
};
const synced = { type: 'synced', conversationId, epoch: 'e', seq: 3 } as const;
const typing = { type: 'typing', conversationId, participantId: 'p', isTyping: true } as const;

describe('a stream', () => {
  it('makes its sender wait for a client that does not read, and continues when it reads', async () => {
    const { response, until } = await openRequest();
    const channel = createSseChannel(response, helloOf(), clockAndLimits());
    let sent = 0;
    const sending = (async () => {
      for (; sent < 400; sent += 1) await channel.send(new Frame([large(sent)]));
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(400);
    await until('"399.');
    await sending;
    expect(sent).toBe(400);
  });

  it('is closed, and releases its sender, when the client does not read for long', async () => {
    const { response } = await openRequest();
    const options = clockAndLimits();
    const channel = createSseChannel(response, helloOf(), options);
    const sending = (async () => {
      for (let index = 0; index < 400; index += 1) await channel.send(new Frame([large(index)]));
    })();
    // The socket takes some megabytes before it is full; then only the clock advances.
    let closed: { code: number } | undefined;
    void channel.closed.then((close) => (closed = close));
    while (closed === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      if (response.writableLength > DEFAULT_LIMITS.pausedSocketBytes) options.clock.advance(1_000);
    }
    await sending;
    expect(closed.code).toBe(CLOSE_CODES.slow);
    expect(response.destroyed).toBe(true);
  });

  it('is closed when its buffer is too large and the sender does not wait', async () => {
    const { response } = await openRequest();
    const channel = createSseChannel(response, helloOf(), clockAndLimits());
    for (let index = 0; index < 2_000; index += 1) void channel.send(new Frame([large(index)]));
    expect(await channel.closed).toMatchObject({ code: CLOSE_CODES.slow });
  });

  it('sends a comment every 15 s', async () => {
    const { response, until, text } = await openRequest();
    const options = clockAndLimits();
    const channel = createSseChannel(response, helloOf(), options);
    options.clock.advance(30_000);
    await channel.send(new Frame([pong]));
    await until('pong');
    expect(text().match(/^:$/gm)).toHaveLength(3);
    channel.close({ code: CLOSE_CODES.drain, reason: 'drain' });
    await until(`data: {"type":"close","code":4000,"reason":"drain"}\n\n`);
    expect(options.clock.pending).toBeLessThanOrEqual(1); // the grace period of the close
  });
});

describe('a poll', () => {
  const hello = helloOf({
    id: mintCommandId(randomBytes),
    subscriptions: [{ conversationId, cursor: { epoch: 'e', seq: 3 } }],
  });

  it('without news waits for its time, then responds', async () => {
    const { response, until, text } = await openRequest();
    const options = clockAndLimits();
    const channel = createLongPollChannel(response, hello, { ...options, waitMs: 20_000 });
    await channel.send(new Frame([welcome]));
    await channel.send(new Frame([synced]));
    options.clock.advance(19_999);
    expect(response.writableEnded).toBe(false);
    options.clock.advance(1);
    expect(await channel.closed).toEqual({ code: 1000, reason: '' });
    await until(']');
    expect(text()).not.toContain('close"');
  });

  it('responds with the first news, and with everything from the same event-loop iteration', async () => {
    const { response, until } = await openRequest();
    const channel = createLongPollChannel(response, hello, { ...clockAndLimits(), waitMs: 20_000 });
    await channel.send(new Frame([welcome]));
    await channel.send(new Frame([synced]));
    void channel.send(new Frame([typing]));
    void channel.send(new Frame([typing, { ...typing, isTyping: false }]));
    await channel.closed;
    await until('"isTyping":false');
  });

  it('never ends before it is synced', async () => {
    const { response } = await openRequest();
    const channel = createLongPollChannel(response, hello, { ...clockAndLimits(), waitMs: 0 });
    await channel.send(new Frame([welcome]));
    await channel.send(new Frame([{ type: 'subscribed', conversationId, epoch: 'e', mode: 'snapshot' }]));
    await channel.send(new Frame([typing]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(response.writableEnded).toBe(false);
    await channel.send(new Frame([synced]));
    expect(await channel.closed).toEqual({ code: 1000, reason: '' });
  });
});
