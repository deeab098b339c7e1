import { CLOSE_CODES, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import type { Auth } from '../auth/auth.ts';
import { randomBytes } from '../base/index.ts';
import { createSessionExpiry } from './session-expiry.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { HttpProtocolClient, post } from '../testing/http-protocol-client.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const LIFETIME_MS = 8_000;
const DAY_MS = 24 * 60 * 60_000;
const visitor = { id: 'v_1', kind: 'anonymous' as const, siteId: 'demo' };

describe('the expiry of a token', () => {
  const open = () => {
    const clock = createFakeClock();
    const seen = { ends: 0 };
    const expiry = createSessionExpiry(clock, () => (seen.ends += 1));
    return { clock, seen, expiry };
  };

  it('is reported once, to the millisecond, even beyond the longest timer', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 180 * DAY_MS });
    clock.advance(180 * DAY_MS - 1);
    expect([seen.ends, clock.pending]).toEqual([0, 1]);
    clock.advance(1);
    expect([seen.ends, clock.pending]).toEqual([1, 0]);
  });

  it('is that of the last token, and never comes for a token without an expiry', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 1_000 });
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 5_000 });
    clock.advance(4_999);
    expect(seen.ends).toBe(0);
    expiry.follow(visitor);
    clock.advance(DAY_MS);
    expect([seen.ends, clock.pending]).toEqual([0, 0]);
  });

  it('is reported for an expired token, and never after stop', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() - 1 });
    clock.advance(0);
    expect(seen.ends).toBe(1);
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 1_000 });
    expiry.stop();
    clock.advance(DAY_MS);
    expect([seen.ends, clock.pending]).toEqual([1, 0]);
  });
});

describe('a session', () => {
  let clock: FakeClock;
  let auth: Auth;
  let started: StartedGateway;
  beforeEach(async () => {
    clock = createFakeClock();
    const secret = 'a secret for tests, 32 bytes long';
    auth = createAnonymousAuth({ secret, clock, random: randomBytes, tokenLifetimeMs: LIFETIME_MS });
    started = await startGateway({ clock, auth });
  });
  afterEach(() => started.stop());

  /** Connects a new visitor, whose token expires `LIFETIME_MS` from now. */
  const connect = async () => {
    const client = await ProtocolClient.connect(started.url);
    const { token = '' } = await client.received('welcome');
    return { client, token };
  };
  /** A new token of the same visitor. One is created only in the second half of the lifetime of the old one. */
  const renew = async (token: string) => {
    const { mintedToken = '' } = await auth.authenticate({ siteId: 'demo', token });
    return mintedToken;
  };

  it('ends with its token, with an error and a close code that tell the client not to reuse it', async () => {
    const { client } = await connect();
    clock.advance(LIFETIME_MS - 1);
    client.send({ type: 'ping' });
    await client.received('pong');
    clock.advance(1);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.unauthenticated });
    expect(client.events.at(-1)).toMatchObject({
      type: 'rejected',
      error: { code: 'unauthenticated', message: expect.stringContaining('expired') as string },
    });
  });

  it('continues with a new token of the same visitor, and ends when that one expires', async () => {
    const { client, token } = await connect();
    clock.advance(LIFETIME_MS / 2 + 1_000);
    const renewed = await renew(token);
    expect(renewed).not.toBe('');
    const answer = await client.answer(client.send({ type: 'refresh-auth', token: renewed }));
    expect(answer).toMatchObject({ type: 'accepted' });
    clock.advance(LIFETIME_MS - 1);
    client.send({ type: 'ping' });
    await client.received('pong');
    clock.advance(1);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.unauthenticated });
  });

  it.each([
    ['another visitor’s', 'forbidden', async () => (await connect()).token],
    ['a garbled', 'unauthenticated', () => Promise.resolve('garbled')],
  ])('rejects %s token as %s, and keeps its expiry', async (_whose, code, other) => {
    const { client } = await connect();
    const refresh = client.send({ type: 'refresh-auth', token: await other() });
    expect(await client.answer(refresh)).toMatchObject({ type: 'rejected', error: { code } });
    clock.advance(LIFETIME_MS - 1);
    client.send({ type: 'ping' });
    await client.received('pong');
    clock.advance(1);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.unauthenticated });
  });

  it.each(['sse', 'poll'] as const)(
    'over %s ends with its token, and the close code is the last event',
    async (mode) => {
      const { client, token } = await connect();
      const conversationId = mintConversationId(randomBytes);
      const parts = [{ type: 'text' as const, text: 'Hello?' }];
      client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
      (await started.provider.next()).finish();
      await client.received('run-finished');
      const follower = await HttpProtocolClient.connect(started.url, mode, { token, follow: conversationId });
      await follower.received('synced');
      clock.advance(LIFETIME_MS);
      await expect(follower.until(() => false)).rejects.toThrow('closed');
      expect(follower.close?.code).toBe(CLOSE_CODES.unauthenticated);
    },
  );

  it('of a single request accepts a new token, which the next request must send itself', async () => {
    const { token } = await connect();
    const client = await HttpProtocolClient.connect(started.url, 'sse', { token });
    expect(await client.answer(client.send({ type: 'refresh-auth', token }))).toMatchObject({
      type: 'accepted',
    });
  });

  it('of a caller that waits for the whole reply ends as unauthenticated, and the run continues', async () => {
    const conversationId = mintConversationId(randomBytes);
    const answer = post(`${started.url}/v1/conversations/${conversationId}/messages`, { text: 'Hello?' });
    const scene = await started.provider.next();
    clock.advance(LIFETIME_MS);
    expect((await answer).status).toBe(401);
    expect(scene.signal.aborted).toBe(false);
    scene.finish();
  });
});
