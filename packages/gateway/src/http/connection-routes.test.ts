import {
  CLOSE_CODES,
  decodeEvents,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  type ConversationId,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { HttpProtocolClient, helloOf, post, readBlocks } from '../testing/http-protocol-client.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

const newConversation = () => mintConversationId(randomBytes);
const messageOf = (conversationId: ConversationId, text = 'Hello?') => ({
  type: 'send-message' as const,
  conversationId,
  messageId: mintMessageId(randomBytes),
  parts: [{ type: 'text' as const, text }],
});
/** A conversation with one finished reply, and the token of its visitor. */
async function conversationOf(words: string) {
  const conversationId = newConversation();
  const client = await ProtocolClient.connect(started.url);
  client.send(messageOf(conversationId));
  const scene = await started.provider.next();
  scene.emitText(words);
  scene.finish();
  await client.received('run-finished');
  const { token = '' } = await client.received('welcome');
  const { position } = client.view!;
  await client.cut();
  return { conversationId, token, position };
}

describe.each(['sse', 'poll'] as const)('a client over %s', (mode) => {
  it('sends a message and gets the reply, each event once and in order', async () => {
    const client = await HttpProtocolClient.connect(started.url, mode);
    const id = client.send(messageOf(newConversation()));
    expect(await client.answer(id)).toMatchObject({ type: 'accepted' });
    const scene = await started.provider.next();
    scene.emitText('Good ', 'day');
    await client.until(() => client.text === 'Good day');
    scene.emitText('.');
    scene.finish();
    await client.received('run-finished');
    expect(client.text).toBe('Good day.');
    client.cut();
  });

  it('resumes from its cursor after a disconnect, then continues live', async () => {
    const conversationId = newConversation();
    const first = await HttpProtocolClient.connect(started.url, mode);
    first.send(messageOf(conversationId));
    const scene = await started.provider.next();
    scene.emitText('One ');
    await first.until(() => first.text === 'One ');
    const { token = '' } = await first.received('welcome');
    first.cut();
    scene.emitText('two ');
    const options = { token, follow: conversationId, view: first.view };
    const second = await HttpProtocolClient.connect(started.url, mode, options);
    await second.until(() => second.text === 'One two ');
    scene.emitText('three');
    await second.until(() => second.text === 'One two three');
    expect((await second.received('subscribed')).mode).toBe('replay');
    second.cut();
  });

  it('aborts a run, and the abort reaches the upstream', async () => {
    const conversationId = newConversation();
    const client = await HttpProtocolClient.connect(started.url, mode);
    client.send(messageOf(conversationId));
    const scene = await started.provider.next();
    scene.emitText('Half');
    await client.until(() => client.text === 'Half');
    client.send({ type: 'abort-run', conversationId });
    expect((await client.received('run-finished')).reason).toBe('aborted');
    expect(scene.signal.aborted).toBe(true);
    client.cut();
  });

  it('with an invalid token gets the rejection and a close event as its last events', async () => {
    const path = mode === 'sse' ? '/v1/sse' : '/v1/poll';
    const response = await post(started.url + path, helloOf({ token: 'forged' }));
    const text = await response.text();
    expect(text).toContain('"code":"unauthenticated"');
    expect(text).toContain(`{"type":"close","code":${CLOSE_CODES.unauthenticated}`);
  });

  it('does not see another visitor’s conversation (invariant 9)', async () => {
    const { conversationId } = await conversationOf('Secret');
    const client = await HttpProtocolClient.connect(started.url, mode, { follow: conversationId });
    expect((await client.received('rejected')).error.code).toBe('not-found');
    client.cut();
  });

  it('is told when the gateway drains', async () => {
    const { conversationId, token } = await conversationOf('Hi');
    const client = await HttpProtocolClient.connect(started.url, mode, { token, follow: conversationId });
    await client.received('synced');
    void started.gateway.close();
    await client.received('draining');
    // A poll may be answered between the two events; the next one gets no response, which its client treats alike.
    await client.until(() => client.close !== undefined);
  });

  it('does not stop the run when it disconnects (invariant 2)', async () => {
    const client = await HttpProtocolClient.connect(started.url, mode);
    client.send(messageOf(newConversation()));
    const scene = await started.provider.next();
    scene.emitText('On');
    await client.until(() => client.text === 'On');
    client.cut();
    await gone();
    expect(scene.signal.aborted).toBe(false);
  });
});

/** Resolves when the gateway counts no session. */
async function gone(): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${started.url}/metrics`)).text();
    if (/^rivulet_sessions 0$/m.test(metrics)) return;
  }
}

describe('POST /v1/sse', () => {
  it('has the headers of an unbuffered stream, and its first bytes are a comment', async () => {
    const response = await post(`${started.url}/v1/sse`, helloOf());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toMatch(/^:\n\n/);
    await reader.cancel();
  });

  it('puts the position into the id of each frame when it has one conversation', async () => {
    const { conversationId, token, position } = await conversationOf('Hi');
    const subscriptions = [{ conversationId }];
    const response = await post(`${started.url}/v1/sse`, helloOf({ token, subscriptions }));
    for await (const { id, data } of readBlocks(response)) {
      if (!data.includes('"synced"')) continue;
      expect(id).toBe(`${position.epoch}.${position.seq}`);
      break;
    }
  });

  it('uses Last-Event-ID as the cursor, and the token of the Authorization header', async () => {
    const { conversationId, token, position } = await conversationOf('Hi');
    const headers = {
      Authorization: `Bearer ${token}`,
      'Last-Event-ID': `${position.epoch}.${position.seq - 1}`,
    };
    const hello = helloOf({ subscriptions: [{ conversationId }] });
    const response = await post(`${started.url}/v1/sse`, hello, { headers });
    for await (const { data } of readBlocks(response)) {
      const { items } = decodeEvents(data);
      if (items.at(-1)?.type !== 'synced') continue;
      expect(items.map(({ type }) => type)).toEqual(['subscribed', 'run-finished', 'synced']);
      break;
    }
  });
});

describe('POST /v1/poll', () => {
  it('responds at once with wait=0, even without new events', async () => {
    const { conversationId, token, position } = await conversationOf('Hi');
    const hello = helloOf({ token, subscriptions: [{ conversationId, cursor: position }] });
    const response = await post(`${started.url}/v1/poll?wait=0`, hello);
    const events = (await response.json()) as { type: string }[];
    expect(events.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'synced']);
  });
});

describe('POST /v1/commands', () => {
  it('answers each command once, in order', async () => {
    const conversationId = newConversation();
    const ids = [1, 2, 3].map(() => mintCommandId(randomBytes));
    const commands = [
      helloOf({ subscriptions: [{ conversationId }] }),
      { ...messageOf(conversationId), id: ids[0] },
      { type: 'ping', id: ids[1] },
      { type: 'abort-run', conversationId: newConversation(), id: ids[2] },
    ];
    const response = await post(`${started.url}/v1/commands`, commands);
    expect(await response.json()).toMatchObject([
      { type: 'welcome' },
      { type: 'accepted', commandId: ids[0] },
      { type: 'pong', commandId: ids[1] },
      { type: 'rejected', commandId: ids[2], error: { code: 'not-found' } },
    ]);
  });

  it('rejects a command of an unknown type with unsupported', async () => {
    const response = await post(`${started.url}/v1/commands`, [helloOf(), { type: 'from-the-future' }]);
    expect(await response.json()).toMatchObject([
      { type: 'welcome' },
      { type: 'rejected', error: { code: 'unsupported' } },
    ]);
  });
});

describe('every route of a connection', () => {
  const paths = ['/v1/sse', '/v1/poll', '/v1/commands'];

  it.each(paths)('%s rejects an unreadable body before anything else', async (path) => {
    const url = started.url + path;
    expect((await post(url, '{"type":')).status).toBe(400);
    expect((await post(url, '')).status).toBe(400);
    expect((await post(url, { type: 'ping', id: 'q_aaaaaaaaaaaaaa' })).status).toBe(400);
    const large = await post(url, 'x'.repeat(64 * 1024 + 1));
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ code: 'too-large', retry: 'no' });
  });

  it.each(paths)('%s accepts requests of allowed origins only', async (path) => {
    const ask = (method: string, origin: string) =>
      fetch(started.url + path, { method, headers: { Origin: origin } });
    const preflight = await ask('OPTIONS', 'http://localhost:5173');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await ask('OPTIONS', 'https://evil.example');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(paths)('%s lets a refused page read the reason and nothing else (W61)', async (path) => {
    const refused = await fetch(started.url + path, {
      method: 'POST',
      headers: { Origin: 'http://shop.test' },
    });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      403,
      'http://shop.test',
    ]);
    const { message, ref, ...error } = (await refused.json()) as Record<string, unknown>;
    expect(error).toEqual({ code: 'origin-denied', retry: 'no' });
    expect([typeof message, typeof ref]).toEqual(['string', 'string']);
  });
});
