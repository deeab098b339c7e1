/** Proofs of work as a client meets them: on running gateways, over every transport, and on two gateways with one Redis. */
import { CLOSE_CODES, mintConversationId, type ErrorBody } from '@rivulet/protocol';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { randomBytes, systemClock } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { helloOf, post } from '../testing/http-protocol-client.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startRedis } from '../testing/redis-server.ts';
import { solveChallenge } from '../testing/solve-challenge.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import type { Provider } from '../providers/provider.ts';
import { createRedisRateLimiter } from './redis.ts';

const TIMEOUT_MS = 60_000;
const SECRET = 'a secret for tests, 32 bytes long';
/** Answers at once. */
const instant: Provider = {
  name: 'instant',
  async *stream() {
    await Promise.resolve();
    yield { type: 'text-delta', text: 'Good day.' };
    yield { type: 'finished', reason: 'stop' };
  },
};
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
}, TIMEOUT_MS);

async function start(options: Partial<GatewayOptions> = {}): Promise<StartedGateway> {
  const started = await startGateway({ proofOfWork: { when: 'always', difficulty: 8 }, ...options });
  closing.push(() => started.stop());
  return started;
}

/** Says hello once. @returns the kind of the visitor, or the refusal with the close code */
async function sayHello(url: string, more: { token?: string; proof?: string } = {}) {
  const client = await ProtocolClient.open(url);
  client.hello(more);
  await client.until(() => client.events.length > 0);
  const [answer] = client.events;
  if (answer?.type === 'welcome') {
    await client.cut();
    return { principal: answer.principal, token: answer.token };
  }
  const { code } = await client.closed;
  return answer?.type === 'rejected' ? { error: answer.error, code } : expect.unreachable('no answer');
}
const proofFrom = async (url: string) => solveChallenge((await sayHello(url)).error?.challenge);

describe('a new visitor of a site that asks for proofs', () => {
  it('is refused with a challenge over WebSocket, and admitted with its solution', async () => {
    const { url } = await start();
    const refused = await sayHello(url);
    expect(refused).toMatchObject({ code: CLOSE_CODES['proof-required'], error: { code: 'proof-required' } });
    const proof = await solveChallenge(refused.error?.challenge);
    const { principal, token } = await sayHello(url, { proof });
    expect(principal?.kind).toBe('anonymous');
    expect((await sayHello(url, { proof })).error?.code).toBe('proof-required');
    expect((await sayHello(url, token === undefined ? {} : { token })).principal).toEqual(principal);
  });

  it.each([
    ['/v1/sse', (proof?: string) => helloOf(withProof(proof))],
    ['/v1/poll', (proof?: string) => helloOf(withProof(proof))],
    ['/v1/commands', (proof?: string) => [helloOf(withProof(proof)), { type: 'ping', id: helloOf().id }]],
  ])('is refused with a challenge by POST %s, and admitted with its solution', async (path, bodyWith) => {
    const { url } = await start();
    const refusal = await (await post(url + path, bodyWith())).text();
    expect(refusal).toContain('"code":4504');
    const proof = await solveChallenge(challengeIn(refusal));
    const answer = await post(url + path, bodyWith(proof));
    for await (const chunk of answer.body ?? []) {
      expect(Buffer.from(chunk as Uint8Array).toString()).not.toContain('proof-required');
      if (Buffer.from(chunk as Uint8Array).includes('"type":"welcome"')) return;
    }
    expect.unreachable('there was no welcome');
  });

  it('is refused as 428 by a plain POST of a message, and answered with the solution', async () => {
    const { url } = await start({ provider: instant });
    const send = (proof?: string) => {
      const id = mintConversationId(randomBytes);
      return post(`${url}/v1/conversations/${id}/messages`, { text: 'Hello?', ...withProof(proof) });
    };
    const refused = await send();
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([428, '10']);
    const { challenge } = (await refused.json()) as ErrorBody; // the body of every error
    expect((await send(await solveChallenge(challenge))).status).toBe(200);
  });

  it('proves nothing as a signed-in user', async () => {
    const anonymous = createAnonymousAuth({ secret: SECRET, clock: systemClock, random: randomBytes });
    const users = createJwtAuth({ key: { kind: 'secret', secret: SECRET }, clock: systemClock });
    const { url } = await start({ auth: createSiteAuth({ anonymous, usersOf: () => users }) });
    const token = await new SignJWT({ sub: 'ann', aud: 'demo' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode(SECRET));
    expect((await sayHello(url, { token })).principal).toEqual({ id: 'u_ann', kind: 'user' });
  });

  it('is asked as the settings of the site say, also those that replace others', async () => {
    const { url, gateway } = await start({ proofOfWork: { when: 'off' } });
    expect((await sayHello(url)).principal?.kind).toBe('anonymous');
    gateway.updateSites([{ id: 'demo', origins: ['*'], proofOfWork: { when: 'always' } }]);
    expect((await sayHello(url)).error?.code).toBe('proof-required');
  });
});

/** The challenge in a frame, or in a stream of them. */
const challengeIn = (text: string): string | undefined => {
  const [, quoted] = /"challenge":("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string); // a quoted text
};
const withProof = (proof: string | undefined) => (proof === undefined ? {} : { proof });

describe('two gateways with one Redis', { timeout: TIMEOUT_MS }, () => {
  async function startTwo() {
    const redis = await startRedis('volatile');
    closing.push(() => redis.dispose());
    const limiters = [createRedisRateLimiter({ url: redis.url }), createRedisRateLimiter({ url: redis.url })];
    const [one, two] = await Promise.all(limiters.map((rateLimiter) => start({ rateLimiter })));
    if (one === undefined || two === undefined) return expect.unreachable('two were started');
    return { redis, one: one.url, two: two.url };
  }

  it('accept a proof that either has asked for, and only one of them does', async () => {
    const { one, two } = await startTwo();
    const proof = await proofFrom(one);
    const answers = await Promise.all([two, one, two, one].map((url) => sayHello(url, { proof })));
    expect(answers.filter(({ principal }) => principal !== undefined)).toHaveLength(1);
    expect((await sayHello(one, { proof: await proofFrom(two) })).principal).toBeDefined();
  });

  it('accept a proof at most once each while Redis is away, and none that they know to be used', async () => {
    const { redis, one, two } = await startTwo();
    const used = await proofFrom(one);
    await sayHello(one, { proof: used });
    const proof = await proofFrom(one);
    await redis.kill();
    expect((await sayHello(one, { proof: used })).error?.code).toBe('proof-required');
    const answers = [];
    for (const url of [one, two, one, two]) answers.push((await sayHello(url, { proof })).principal?.kind);
    expect(answers).toEqual(['anonymous', 'anonymous', undefined, undefined]);
  });
});
