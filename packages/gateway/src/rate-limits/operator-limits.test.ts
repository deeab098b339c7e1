/** The limits as an operator meets them: their settings, the log and the metrics. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger, systemClock, type Logger } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Provider } from '../providers/provider.ts';
import { post } from '../testing/http-protocol-client.ts';
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
describe('the operator', () => {
  const recorded = () => {
    const lines: [Record<string, unknown>, string][] = [];
    const record = (facts: object, text: string) => void lines.push([{ ...facts }, text]);
    const logger: Logger = { ...silentLogger, info: record, warn: record };
    return { lines, logger };
  };

  it('reads at the start which limits hold and which proxies are trusted, in one line', async () => {
    const { lines, logger } = recorded();
    await start({ site: { runsAtOnce: 300 } }, { logger, trustProxy: ['loopback'] });
    const [[facts] = [], ...others] = lines.filter(([, text]) => text.includes('limits hold'));
    expect(others).toEqual([]);
    const limits = { 'visitor.messagesPerMinute': 20, 'site.runsAtOnce': 300 };
    expect(facts).toMatchObject({ trustProxy: 'loopback', limits });
  });

  it('finds a refusal by its ref, with who was refused and by which limit, and its count in the metrics', async () => {
    const { lines, logger } = recorded();
    const { url } = await start({ visitor: { messagesPerMinute: 1 } }, { logger, provider: instant });
    const client = await ProtocolClient.connect(url);
    await ask(client);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => client.answer(client.send(message()))),
    );
    const refs = new Set(answers.map((answer) => (answer.type === 'rejected' ? answer.error.ref : '')));
    const advice = 'refused: the limit rateLimits.visitor.messagesPerMinute was reached';
    const logged = lines.filter(([, text]) => text === advice).map(([facts]) => facts);
    expect([logged.length, logged.every(({ ref }) => refs.has(String(ref)))]).toEqual([10, true]);
    const { principal } = await client.received('welcome');
    expect(logged[0]).toMatchObject({ siteId: 'demo', visitorId: principal.id, address: '127.0.0.1' });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('rivulet_refusals_total{kind="limit",reason="visitor-messages"} 40');
  });

  it('is told once when a proxy is not named', async () => {
    const { lines, logger } = recorded();
    const { url } = await start({}, { logger });
    for (let times = 0; times < 3; times += 1)
      await post(`${url}/v1/commands`, [], { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(lines.filter(([, text]) => text.includes('trustProxy is off'))).toHaveLength(1);
  });

  it.each([
    [
      { rateLimits: { visitor: { messagesPerMinute: 0 } } },
      'visitor.messagesPerMinute: expected a whole number',
    ],
    [{ trustProxy: true as unknown as number }, 'trustProxy: expected false, the number of proxies'],
    [
      { sites: [{ id: 'a', origins: ['*'], rateLimits: { site: { runsAtOnce: NaN } } }] },
      'sites.0.rateLimits.site.runsAtOnce: expected a whole number',
    ],
  ])('cannot start a gateway with %j', async (options, problem) => {
    await expect(startGateway({ rateLimits: {}, ...options })).rejects.toThrow(problem);
  });

  it('can bound what is kept for a visitor', async () => {
    let laterMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + laterMs };
    const { url } = await start({ visitor: { conversations: 1 } }, { provider: instant, clock });
    const client = await ProtocolClient.connect(url);
    const first = message();
    expect(await ask(client, first)).toBe('accepted');
    laterMs = 10_000; // what is kept is read again
    await vi.waitUntil(async () => (await ask(client)) === 'quota-exceeded');
    expect(await ask(client, message(first.conversationId))).toBe('accepted');
  });

  it('can give a site limits of its own', async () => {
    const own = { id: 'own', origins: ['*'], rateLimits: { visitor: { messagesPerMinute: 1 } } };
    const sites = [own, { id: 'demo', origins: ['*'] }];
    const { url } = await start({}, { sites, provider: instant });
    const [limited, other] = [
      await ProtocolClient.connect(url, { site: 'own' }),
      await ProtocolClient.connect(url),
    ];
    expect([await ask(limited), await ask(limited)]).toEqual(['accepted', 'rate-limited']);
    expect([await ask(other), await ask(other)]).toEqual(['accepted', 'accepted']);
  });
});
