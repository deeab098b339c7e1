/** The limits as a visitor meets them: on a running gateway, over every transport. */
import { CLOSE_CODES, mintConversationId, mintMessageId, mintRunId } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Provider } from '../providers/provider.ts';
import { HttpProtocolClient, post } from '../testing/http-protocol-client.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import type { RateLimitSettings } from './settings.ts';

let started: StartedGateway | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});
const start = async (rateLimits: RateLimitSettings = {}, more: Partial<GatewayOptions> = {}) => {
  started = await startGateway({ rateLimits, ...more });
  return started;
};
/** Answers at once. */
const instant: Provider = {
  name: 'instant',
  async *stream() {
    await Promise.resolve();
    yield { type: 'text-delta', text: 'Good day.' };
    yield { type: 'finished', reason: 'stop' };
  },
};
const newConversation = () => mintConversationId(randomBytes);
const message = (conversationId = newConversation()) => ({
  type: 'send-message' as const,
  conversationId,
  messageId: mintMessageId(randomBytes),
  parts: [{ type: 'text' as const, text: 'Hello?' }],
});
const ask = async (client: Pick<ProtocolClient, 'send' | 'answer'>, command = message()) => {
  const answer = await client.answer(client.send(command));
  return answer.type === 'accepted' ? 'accepted' : answer.error.code;
};
const CLIENTS: Record<string, (url: string) => Promise<Pick<ProtocolClient, 'send' | 'answer'>>> = {
  WebSocket: (url) => ProtocolClient.connect(url),
  'SSE and POST': (url) => HttpProtocolClient.connect(url, 'sse', { follow: newConversation() }),
  'long poll and POST': (url) => HttpProtocolClient.connect(url, 'poll', { follow: newConversation() }),
};

describe('the messages of a visitor', () => {
  it.each(Object.entries(CLIENTS))(
    'are refused over %s on their own id, with the wait',
    async (_, connect) => {
      const { url } = await start({ visitor: { messagesPerMinute: 2 } }, { provider: instant });
      const client = await connect(url);
      expect([await ask(client), await ask(client)]).toEqual(['accepted', 'accepted']);
      const answer = await client.answer(client.send(message()));
      expect(answer).toMatchObject({ type: 'rejected', error: { code: 'rate-limited', retry: 'after' } });
      const { retryAfterMs = 0, ref } = answer.type === 'rejected' ? answer.error : {};
      expect([retryAfterMs > 50_000, retryAfterMs <= 60_000, typeof ref]).toEqual([true, true, 'string']);
    },
  );

  it('are 20 a minute without any configuration, and 429 with Retry-After as a plain POST', async () => {
    const { url } = await start({}, { provider: instant });
    const send = (token?: string) =>
      post(`${url}/v1/conversations/${newConversation()}/messages`, { text: 'Hello?' }, withToken(token));
    const { token } = (await (await send()).json()) as { token: string };
    const statuses = [];
    for (let number = 2; number <= 20; number += 1) statuses.push((await send(token)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const refused = await send(token);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({
      code: 'rate-limited',
      retryAfterMs: expect.any(Number) as number,
    });
  });

  it('count once when the same message is sent again, and an edit and a regeneration count too', async () => {
    const { url } = await start({ visitor: { messagesPerMinute: 2 } }, { provider: instant });
    const client = await ProtocolClient.connect(url);
    const first = message();
    for (let times = 0; times < 5; times += 1) expect(await ask(client, first)).toBe('accepted');
    await client.until(() => client.events.some(({ type }) => type === 'run-finished'));
    const { conversationId } = first;
    const answerId = client.view?.conversation.messages[1]?.id ?? first.messageId;
    const regenerate = () => ({
      type: 'regenerate' as const,
      conversationId,
      messageId: answerId,
      runId: runId(),
    });
    expect(await client.answer(client.send(regenerate()))).toMatchObject({ type: 'accepted' });
    expect(await client.answer(client.send(regenerate()))).toMatchObject({ error: { code: 'rate-limited' } });
  });

  it('that are refused take nothing from the other visitors of the site', async () => {
    const limits = { visitor: { messagesPerMinute: 3 }, address: { messagesPerMinute: 'off' } } as const;
    const { url } = await start({ ...limits, site: { messagesPerMinute: 5 } }, { provider: instant });
    const [noisy, other] = [await ProtocolClient.connect(url), await ProtocolClient.connect(url)];
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(noisy)));
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(3);
    expect([await ask(other), await ask(other), await ask(other)]).toEqual([
      'accepted',
      'accepted',
      'rate-limited',
    ]);
  });
});

describe('the runs of a visitor', () => {
  it('are two at once, over all connections, and the next may start when one has ended', async () => {
    const { url, provider } = await start();
    const client = await ProtocolClient.connect(url);
    const { token } = await client.received('welcome');
    const second = await ProtocolClient.connect(url, { token: token ?? '' });
    expect([await ask(client), await ask(second), await ask(client)]).toEqual([
      'accepted',
      'accepted',
      'rate-limited',
    ]);
    (await provider.next()).finish();
    await client.until(() => client.events.some(({ type }) => type === 'run-finished'));
    expect(await ask(second)).toBe('accepted');
  });

  it('of one conversation follow each other, and are one', async () => {
    const { url } = await start();
    const client = await ProtocolClient.connect(url);
    const { token = '' } = await client.received('welcome');
    const conversationId = newConversation();
    for (let times = 0; times < 3; times += 1)
      expect(await ask(client, message(conversationId))).toBe('accepted');
    const second = await ProtocolClient.connect(url, { token });
    expect([await ask(second), await ask(second)]).toEqual(['accepted', 'rate-limited']);
  });

  it('are free again after a stop, a failure, and a message that was refused', async () => {
    const { url, provider } = await start({ visitor: { runsAtOnce: 1 } });
    const client = await ProtocolClient.connect(url);
    const [stopped, failed] = [message(), message()];
    await ask(client, stopped);
    await client.answer(client.send({ type: 'abort-run', conversationId: stopped.conversationId }));
    await client.until(() => ended(client) === 1);
    await ask(client, failed);
    await provider.next();
    (await provider.next()).fail(new Error('upstream'));
    await client.until(() => ended(client) === 2);
    expect(await ask(client, { ...failed, parts: [{ type: 'text', text: 'other' }] })).toBe('conflict');
    expect(await ask(client)).toBe('accepted');
  });
});

describe('new visitors', () => {
  it('are so many from one address; those who come back are not new', async () => {
    const { url } = await start({ address: { newVisitorsPer10Minutes: 2 } });
    const known = await (await ProtocolClient.connect(url)).received('welcome');
    await ProtocolClient.connect(url);
    const third = await ProtocolClient.open(url);
    const { error } = (await third.answer(third.hello())) as { error: object };
    expect(error).toMatchObject({ code: 'rate-limited', retry: 'after', ref: expect.any(String) as string });
    expect(await third.closed).toEqual({ code: CLOSE_CODES['rate-limited'] });
    await ProtocolClient.connect(url, { token: known.token ?? '' });
  });

  it('are counted by the address that a trusted proxy names, also IPv6 by its network', async () => {
    const limits = { address: { newVisitorsPer10Minutes: 1 } };
    const { url } = await start(limits, { provider: instant, trustProxy: 1 });
    const statusFor = async (address: string) => {
      const headers = { 'X-Forwarded-For': `6.6.6.6, ${address}` };
      const path = `${url}/v1/conversations/${newConversation()}/messages`;
      return (await post(path, { text: 'Hello?' }, { headers })).status;
    };
    expect([await statusFor('203.0.113.1'), await statusFor('::ffff:203.0.113.1')]).toEqual([200, 429]);
    expect([await statusFor('2001:db8::1'), await statusFor('2001:db8::2')]).toEqual([200, 429]);
    expect(await statusFor('203.0.113.2')).toBe(200);
    const headers = { 'X-Forwarded-For': '2001:db8::3' };
    const socket = await ProtocolClient.open(url, { headers });
    expect(await socket.answer(socket.hello())).toMatchObject({ error: { code: 'rate-limited' } });
  });
});

describe('connections', () => {
  it('of a visitor are bounded; one that ends makes room', async () => {
    const { url } = await start({ visitor: { connections: 2 } });
    const first = await ProtocolClient.connect(url);
    const { token = '' } = await first.received('welcome');
    await ProtocolClient.connect(url, { token });
    const third = await ProtocolClient.open(url);
    expect(await third.answer(third.hello({ token }))).toMatchObject({ error: { code: 'rate-limited' } });
    await first.close(1000);
    await ProtocolClient.connect(url, { token });
  });

  it('of an address are bounded, over WebSocket and HTTP together', async () => {
    const { url } = await start({ visitor: { connections: 1 }, address: { connections: 1 } });
    const open = await ProtocolClient.connect(url);
    const refused = await ProtocolClient.open(url);
    expect((await refused.received('rejected')).error).toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 5_000,
    });
    expect(await refused.closed).toEqual({ code: CLOSE_CODES['rate-limited'] });
    const response = await post(`${url}/v1/sse`, {});
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '5']);
    await open.close(1000);
    expect((await post(`${url}/v1/sse`, {})).status).toBe(400);
  });
});

const withToken = (token?: string): RequestInit =>
  token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } };
const ended = ({ events }: ProtocolClient): number =>
  events.filter(({ type }) => type === 'run-finished').length;
const runId = () => mintRunId(randomBytes);
