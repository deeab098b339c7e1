import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { randomBytes, systemClock } from '../base/index.ts';
import { ProtocolClient, type HelloOptions } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { createTwoNodes } from '../testing/start-nodes.ts';

const SECRET = 'a secret that the site shares with us';
const VISITORS = { secret: 'a secret for tests, 32 bytes long' };
let started: StartedGateway;
const users = createJwtAuth({ key: { kind: 'secret', secret: SECRET }, clock: systemClock });
const anonymous = createAnonymousAuth({ ...VISITORS, clock: systemClock, random: randomBytes });
const auth = createSiteAuth({ anonymous, usersOf: () => users });
beforeEach(async () => {
  const origins = ['self'];
  started = await startGateway({
    auth,
    sites: [
      { id: 'demo', origins },
      { id: 'other', origins },
      { id: 'closed', origins, requireIdentity: true },
    ],
  });
});
afterEach(() => started.stop());

const tokenOf = (sub: string, site = 'demo') =>
  new SignJWT({ sub, aud: site })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(new TextEncoder().encode(SECRET));
const greet = (hello: HelloOptions = {}) => ProtocolClient.connect(started.url, hello);
const mintedOf = async (client: ProtocolClient) => (await client.received('welcome')).token ?? '';
const merges = async (outcome: string) => {
  const text = await (await fetch(`${started.url}/metrics`)).text();
  return Number(new RegExp(`rivulet_merges_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
};
const see = async (client: ProtocolClient, conversationId: ConversationId) =>
  (await client.answer(client.send({ type: 'subscribe', conversationId }))).type;

/** A visitor whose question is being answered; the answer is not finished yet. */
async function visitor(site = 'demo') {
  const client = await greet({ site });
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  const scene = await started.provider.next();
  scene.emitText('Half');
  await client.until(() => client.text === 'Half');
  return { client, conversationId, scene, previousToken: await mintedOf(client) };
}

describe('a visitor who signs in', () => {
  it('continues the same conversation from the last position, in the middle of an answer', async () => {
    const { client, conversationId, scene, previousToken } = await visitor();
    const subscriptions = [{ conversationId, cursor: client.view!.position }];
    const token = await tokenOf('ann');
    const user = await greet({ token, previousToken, subscriptions, view: client.view });
    expect(await user.received('welcome')).toMatchObject({ principal: { id: 'u_ann', kind: 'user' } });
    expect(await user.received('subscribed')).toMatchObject({ mode: 'replay' });
    scene.emitText(' and half.');
    scene.finish();
    await user.received('run-finished');
    expect(user.text).toBe('Half and half.');
    expect(await merges('moved')).toBe(1);
  });

  it('is disconnected where still connected as the visitor, who has no access any more (9)', async () => {
    const { client, conversationId, previousToken } = await visitor();
    const user = await greet({ token: await tokenOf('ann'), previousToken });
    expect(await client.closed).toEqual({ code: 4002 });
    expect(await see(await greet({ token: previousToken }), conversationId)).toBe('rejected');
    expect(await see(user, conversationId)).toBe('accepted');
  });

  it('takes over each conversation once, however often the former token is sent', async () => {
    const { conversationId, previousToken } = await visitor();
    const token = await tokenOf('ann');
    await Promise.all([1, 2, 3].map(() => greet({ token, previousToken })));
    expect([await merges('moved'), await merges('empty')]).toEqual([1, 2]);
    const another = await greet({ token: await tokenOf('bob'), previousToken });
    expect(await see(another, conversationId)).toBe('rejected');
    expect(await see(await greet({ token }), conversationId)).toBe('accepted');
  });

  it.each([
    ['of another site', async () => (await visitor('other')).previousToken],
    ['that is forged', async () => `${(await visitor()).previousToken.slice(0, -6)}AAAAAA`],
    ['of another user', () => tokenOf('bob')],
    ['that is not a token', () => Promise.resolve('x')],
  ])(
    'is admitted with a former token %s, which is counted as refused and moves nothing',
    async (_what, previous) => {
      const { conversationId } = await visitor();
      const user = await greet({ token: await tokenOf('ann'), previousToken: await previous() });
      expect(await see(user, conversationId)).toBe('rejected');
      expect([await merges('refused'), await merges('moved')]).toEqual([1, 0]);
    },
  );

  it('does not become another visitor: a former token sent with a visitor’s token moves nothing', async () => {
    const { conversationId, previousToken } = await visitor();
    const other = await visitor();
    const back = await greet({ token: other.previousToken, previousToken });
    expect(await see(back, conversationId)).toBe('rejected');
    expect(await merges('moved')).toBe(0);
  });
});

describe('a site that requires an identity', () => {
  const refused = async (token?: string) => {
    const client = await ProtocolClient.open(started.url);
    client.hello({ site: 'closed', ...(token === undefined ? {} : { token }) });
    const { error } = await client.received('rejected');
    return { code: error.code, close: (await client.closed).code, message: error.message };
  };

  it('rejects a client without a token, and says what it requires', async () => {
    expect(await refused()).toMatchObject({ code: 'identity-required', close: 4401 });
    expect((await refused()).message).toContain('send an identity token');
  });

  it('accepts its users, and rejects a visitor’s token as such, not as invalid', async () => {
    const client = await greet({ site: 'closed', token: await tokenOf('ann', 'closed') });
    expect((await client.received('welcome')).principal.kind).toBe('user');
    const anonymous = createAnonymousAuth({ ...VISITORS, clock: systemClock, random: randomBytes });
    const { mintedToken } = await anonymous.authenticate({ siteId: 'closed' });
    expect(await refused(mintedToken)).toMatchObject({ code: 'identity-required' });
  });
});

const twoNodes = createTwoNodes();
describe('tabs that sign in at once, on two gateways', () => {
  beforeAll(() => twoNodes.prepare());
  afterAll(() => twoNodes.dispose());

  /** A visitor with three conversations signs in ten times at once. @returns what each of the users sees afterwards */
  async function signInAtOnce(subs: readonly string[]) {
    const nodes = await twoNodes.open({ auth });
    const urls = [nodes.first.url, nodes.other.url];
    const tab = await ProtocolClient.connect(nodes.first.url);
    const previousToken = await mintedOf(tab);
    for (let count = 0; count < 3; count += 1) {
      const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
      await tab.answer(tab.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello?' }] }));
    }
    const tokens = await Promise.all(subs.map((sub) => tokenOf(sub)));
    const hello = (index: number) => ({ token: tokens[index % tokens.length]!, previousToken });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => ProtocolClient.connect(urls[index % 2]!, hello(index))),
    );
    const seen = tokens.map(async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${nodes.other.url}/v1/conversations`, { headers });
      return ((await response.json()) as { conversations: unknown[] }).conversations.length;
    });
    const counts = await Promise.all(seen);
    const closed = await tab.closed;
    await nodes.stop();
    return { counts, closed };
  }

  it('move the conversations once, and the tab of the visitor reconnects', async () => {
    expect(await signInAtOnce(['ann'])).toEqual({ counts: [3], closed: { code: 4002 } });
  });

  it('as two users give all of them to one of the two', async () => {
    const { counts } = await signInAtOnce(['ann', 'bob']);
    expect(counts.toSorted()).toEqual([0, 3]);
  });
});
