import { CLOSE_CODES, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import type { Auth } from '../auth/auth.ts';
import { randomBytes } from '../base/random.ts';
import { checkSamePrincipal, createSessionExpiry } from './session-expiry.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { HttpProtocolClient, post } from '../testing/http-protocol-client.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const LIFETIME_MS = 8_000;
const DAY_MS = 24 * 60 * 60_000;
const visitor = { id: 'v_1', kind: 'anonymous' as const, siteId: 'demo' };

describe('the end of a token', () => {
  const open = () => {
    const clock = createFakeClock();
    const seen = { ends: 0 };
    const expiry = createSessionExpiry(clock, () => (seen.ends += 1));
    return { clock, seen, expiry };
  };

  it('is noticed once, to the millisecond, also after longer than a timer can hold', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 180 * DAY_MS });
    clock.advance(180 * DAY_MS - 1);
    expect([seen.ends, clock.pending]).toEqual([0, 1]);
    clock.advance(1);
    expect([seen.ends, clock.pending]).toEqual([1, 0]);
  });

  it('is that of the last token that was followed, or never comes', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 1_000 });
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 5_000 });
    clock.advance(4_999);
    expect(seen.ends).toBe(0);
    expiry.follow(visitor);
    clock.advance(DAY_MS);
    expect([seen.ends, clock.pending]).toEqual([0, 0]);
  });

  it('has come for a token that is over already, and never after the session has ended', () => {
    const { clock, seen, expiry } = open();
    expiry.follow({ ...visitor, expiresAtMs: clock.now() - 1 });
    clock.advance(0);
    expect(seen.ends).toBe(1);
    expiry.follow({ ...visitor, expiresAtMs: clock.now() + 1_000 });
    expiry.stop();
    clock.advance(DAY_MS);
    expect([seen.ends, clock.pending]).toEqual([1, 0]);
  });

  it.each([{ id: 'v_2' }, { kind: 'user' as const }, { siteId: 'shop' }])(
    'is not moved by a token of another principal: %o',
    (other) => {
      expect(() => {
        checkSamePrincipal(visitor, { ...visitor, ...other });
      }).toThrow('somebody else');
    },
  );
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

  /** Its token ends `LIFETIME_MS` from now. */
  const arrive = async () => {
    const client = await ProtocolClient.connect(started.url);
    const { token = '' } = await client.received('welcome');
    return { client, token };
  };
  /** Of the same visitor, made now: the old one is in its second half. */
  const freshen = async (token: string) => {
    const { mintedToken = '' } = await auth.authenticate({ siteId: 'demo', token });
    return mintedToken;
  };

  it('ends with its token: told why, and not to come back with it', async () => {
    const { client } = await arrive();
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

  it('goes on with a fresh token of the same visitor, and ends with that one', async () => {
    const { client, token } = await arrive();
    clock.advance(LIFETIME_MS / 2 + 1_000);
    const fresh = await freshen(token);
    expect(fresh).not.toBe('');
    const answer = await client.answer(client.send({ type: 'refresh-auth', token: fresh }));
    expect(answer).toMatchObject({ type: 'accepted' });
    clock.advance(LIFETIME_MS - 1);
    client.send({ type: 'ping' });
    await client.received('pong');
    clock.advance(1);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.unauthenticated });
  });

  it.each([
    ['another visitor’s', 'forbidden', async () => (await arrive()).token],
    ['a garbled', 'unauthenticated', () => Promise.resolve('garbled')],
  ])('refuses %s token as %s, and lives as long as before', async (_whose, code, other) => {
    const { client } = await arrive();
    const refresh = client.send({ type: 'refresh-auth', token: await other() });
    expect(await client.answer(refresh)).toMatchObject({ type: 'rejected', error: { code } });
    clock.advance(LIFETIME_MS - 1);
    client.send({ type: 'ping' });
    await client.received('pong');
    clock.advance(1);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.unauthenticated });
  });

  it.each(['sse', 'poll'] as const)('over %s ends with its token, the code said last', async (mode) => {
    const { client, token } = await arrive();
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
  });

  it('of one request takes a fresh token and keeps nothing: the next request brings it', async () => {
    const { token } = await arrive();
    const client = await HttpProtocolClient.connect(started.url, 'sse', { token });
    expect(await client.answer(client.send({ type: 'refresh-auth', token }))).toMatchObject({
      type: 'accepted',
    });
  });

  it('of a caller who waits for the whole reply ends as unauthenticated; the run goes on', async () => {
    const conversationId = mintConversationId(randomBytes);
    const answer = post(`${started.url}/v1/conversations/${conversationId}/messages`, { text: 'Hello?' });
    const scene = await started.provider.next();
    clock.advance(LIFETIME_MS);
    expect((await answer).status).toBe(401);
    expect(scene.signal.aborted).toBe(false);
    scene.finish();
  });
});
