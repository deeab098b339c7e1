import { SignJWT } from 'jose';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import type { Principal } from '../auth/auth.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { randomBytes, silentLogger, systemClock } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Revocation } from '../stores/store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { ONE_NODE, createTwoNodes, type StartedNodes } from '../testing/start-nodes.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { createRevocations } from './revocations.ts';

const SECRET = 'a secret that the site shares with us';
const DAY_S = 86_400;

function open(store = createMemoryStore(), clock = createFakeClock()) {
  const [sent, closed]: Revocation[][] = [[], []];
  const eventLog = {
    broadcast: (each: object) =>
      Promise.resolve(void sent!.push((each as { revocation: Revocation }).revocation)),
  };
  const revocations = createRevocations({
    store,
    eventLog,
    clock,
    logger: silentLogger,
    tokenLifetimeMs: DAY_S * 1000,
    onRevoked: (revocation) => void closed!.push(revocation),
  });
  return { revocations, store, clock, sent: sent!, closed: closed! };
}

const ann: Principal = { id: 'u_ann', kind: 'user', siteId: 'shop' };
const isRefused = ({ revocations }: ReturnType<typeof open>, principal: Principal, ...tokens: object[]) => {
  try {
    revocations.check({ principal, tokens });
    return false;
  } catch {
    return true;
  }
};

describe('revocations', () => {
  it('of an owner refuse the tokens that were issued until now, and no later one', async () => {
    const opened = open();
    await opened.revocations.revoke({ siteId: 'shop', ownerId: 'u_ann' });
    const nowMs = opened.clock.now();
    expect(isRefused(opened, ann, { issuedAtMs: nowMs })).toBe(true);
    expect(isRefused(opened, ann, { issuedAtMs: nowMs + 1 })).toBe(false);
    // A token that does not say when it was issued.
    expect([isRefused(opened, ann, {}), isRefused(opened, ann, { id: 't1' })]).toEqual([true, true]);
  });

  it('of a token refuse that token alone', async () => {
    const opened = open();
    await opened.revocations.revoke({ siteId: 'shop', tokenId: 't1' });
    expect(isRefused(opened, ann, { id: 't1' })).toBe(true);
    expect(isRefused(opened, ann, { id: 't2' }, { id: 't1' })).toBe(true);
    expect(isRefused(opened, ann, { id: 't2' })).toBe(false);
  });

  it.each([
    ['of another site', { ...ann, siteId: 'blog' }],
    ['whose id begins the same', { ...ann, id: 'u_ann2' }],
    ['whose id is that of the token', { ...ann, id: 't1' }],
  ])('do not concern a principal %s', async (_what, principal) => {
    const opened = open();
    await opened.revocations.revoke({ siteId: 'shop', ownerId: 'u_ann' });
    await opened.revocations.revoke({ siteId: 'shop', tokenId: 't1' });
    expect(isRefused(opened, principal, { issuedAtMs: 0 })).toBe(false);
  });

  it('are in force again after a restart, until the tokens have expired', async () => {
    const before = open();
    await before.revocations.revoke({ siteId: 'shop', ownerId: 'u_ann' });
    const after = open(before.store, before.clock);
    await after.revocations.refresh();
    expect(isRefused(after, ann, { issuedAtMs: 0 })).toBe(true);
    before.clock.advance(DAY_S * 1000 + 1);
    await after.revocations.sweep();
    expect([isRefused(after, ann, { issuedAtMs: 0 }), await before.store.listRevocations(0)]).toEqual([
      false,
      [],
    ]);
  });

  it('are announced once on each gateway, whether they come by broadcast, from the store, or both', async () => {
    const [one, other] = [open(), open()];
    const second = open(one.store);
    await one.revocations.revoke({ siteId: 'shop', ownerId: 'u_ann' });
    second.revocations.add(one.sent[0]!);
    await second.revocations.refresh();
    await second.revocations.refresh();
    expect([one.closed.length, second.closed.length, other.closed.length]).toEqual([1, 1, 0]);
  });

  it('are kept and in force when they cannot be broadcast', async () => {
    const opened = open();
    const revocations = createRevocations({
      ...opened,
      eventLog: { broadcast: () => Promise.reject(new Error('gone')) },
      logger: silentLogger,
      onRevoked: () => undefined,
    });
    await revocations.revoke({ siteId: 'shop', ownerId: 'u_ann' });
    expect(isRefused({ ...opened, revocations }, ann, {})).toBe(true);
    expect(await opened.store.listRevocations(0)).toHaveLength(1);
  });

  it.each([
    {},
    { siteId: 'shop' },
    { siteId: '', ownerId: 'u_ann' },
    { siteId: 'shop', ownerId: '' },
    { siteId: 'shop', ownerId: 'u_ann', tokenId: 't1' },
    { siteId: 'shop', tokenId: 'x'.repeat(513) },
  ])('of %j are refused', async (target) => {
    const revoking = open().revocations.revoke(target as { siteId: string; ownerId: string });
    await expect(revoking).rejects.toMatchObject({ code: 'bad-frame' });
  });
});

const twoNodes = createTwoNodes();
describe.each([ONE_NODE, twoNodes])('revoking on $name', (service) => {
  const auth = createSiteAuth({
    anonymous: createAnonymousAuth({ secret: SECRET, clock: systemClock, random: randomBytes }),
    usersOf: () => createJwtAuth({ key: { kind: 'secret', secret: SECRET }, clock: systemClock }),
  });
  let nodes: StartedNodes;
  beforeAll(() => service.prepare());
  afterAll(() => service.dispose());
  beforeEach(async () => {
    nodes = await service.open({ auth });
  });
  afterEach(() => nodes.stop());
  const tokenOf = (sub: string, jti: string) =>
    new SignJWT({ sub, aud: 'demo', jti })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(Math.floor(systemClock.now() / 1000) - 10)
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode(SECRET));

  it('closes the open connections of a visitor on every gateway within a second, and no others', async () => {
    const [client, other] = [
      await ProtocolClient.connect(nodes.other.url),
      await ProtocolClient.connect(nodes.other.url),
    ];
    const { token = '', principal } = await client.received('welcome');
    await other.received('welcome');
    const startedAtMs = performance.now();
    await nodes.first.gateway.revoke({ siteId: 'demo', ownerId: principal.id });
    expect(await client.closed).toEqual({ code: 4401 });
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(await client.received('rejected')).toMatchObject({ error: { code: 'unauthenticated' } });
    for (const { url } of [nodes.first, nodes.other]) {
      await expect(ProtocolClient.connect(url, { token })).rejects.toThrow('closed before welcome');
      expect(
        (await fetch(`${url}/v1/conversations`, { headers: { authorization: `Bearer ${token}` } })).status,
      ).toBe(401);
    }
    other.send({ type: 'ping' });
    await other.received('pong');
  });

  it('of one token closes its connection and leaves the user the others', async () => {
    const [lost, kept] = [await tokenOf('ann', 'phone'), await tokenOf('ann', 'laptop')];
    const [phone, laptop] = [
      await ProtocolClient.connect(nodes.other.url, { token: lost }),
      await ProtocolClient.connect(nodes.other.url, { token: kept }),
    ];
    await Promise.all([phone.received('welcome'), laptop.received('welcome')]);
    await nodes.first.gateway.revoke({ siteId: 'demo', tokenId: 'phone' });
    expect(await phone.closed).toEqual({ code: 4401 });
    expect((await laptop.answer(laptop.send({ type: 'refresh-auth', token: lost }))).type).toBe('rejected');
    expect((await laptop.answer(laptop.send({ type: 'refresh-auth', token: kept }))).type).toBe('accepted');
  });

  it('of a visitor gives a user nothing of theirs who brings the revoked token', async () => {
    const client = await ProtocolClient.connect(nodes.first.url);
    const { token: previousToken = '', principal } = await client.received('welcome');
    const conversationId = mintConversationId(randomBytes);
    const parts = [{ type: 'text' as const, text: 'Hello?' }];
    await client.answer(
      client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts }),
    );
    await nodes.first.gateway.revoke({ siteId: 'demo', ownerId: principal.id });
    await client.closed;
    const user = await ProtocolClient.connect(nodes.first.url, {
      token: await tokenOf('ann', 't'),
      previousToken,
    });
    expect((await user.answer(user.send({ type: 'subscribe', conversationId }))).type).toBe('rejected');
  });
});

it('a gateway that is started again refuses a token that was revoked before', async () => {
  const store = createMemoryStore();
  store.close = () => Promise.resolve(); // the next gateway opens the same one
  const auth = createAnonymousAuth({ secret: SECRET, clock: systemClock, random: randomBytes });
  const before = await startGateway({ store, auth });
  const client = await ProtocolClient.connect(before.url);
  const { token = '', principal } = await client.received('welcome');
  await before.gateway.revoke({ siteId: 'demo', ownerId: principal.id });
  await before.stop();
  const after = await startGateway({ store, auth });
  await expect(ProtocolClient.connect(after.url, { token })).rejects.toThrow('closed before welcome');
  await after.stop();
});
