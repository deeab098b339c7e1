import { afterEach, describe, expect, it, vi } from 'vitest';
import { mintConversationId, mintMessageId, type EventOf } from '@rivulet/protocol';
import { randomBytes, silentLogger } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import type { Scene } from '../testing/script-provider.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { dayOf, renewsInMs } from './budgets.ts';

const HOUR_MS = 60 * 60_000;
let started: StartedGateway;
afterEach(() => started.stop());
const start = async (options: Partial<GatewayOptions>) => {
  started = await startGateway(options);
};
const visitor = async (token?: string) => {
  const client = await ProtocolClient.connect(started.url, token === undefined ? {} : { token });
  return { client, token: token ?? (await client.received('welcome')).token ?? '' };
};
const ask = (
  { client }: { client: ProtocolClient },
  text = 'Hello',
  id = mintConversationId(randomBytes),
) => {
  const ids = { conversationId: id, messageId: mintMessageId(randomBytes) };
  return client.answer(client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text }] }));
};
const codesOf = (answers: readonly (EventOf<'accepted'> | EventOf<'rejected'>)[]) =>
  answers.flatMap((answer) => (answer.type === 'rejected' ? [answer.error.code] : []));
/** Plays an answer that costs so many tokens, and waits for its end. */
const answer = async ({ client }: { client: ProtocolClient }, scene: Scene, tokens: number) => {
  const ends = () => client.events.filter(({ type }) => type === 'run-finished').length;
  const before = ends();
  scene.emitText('Hi');
  scene.emit({ type: 'finished', reason: 'stop', usage: { inputTokens: 0, outputTokens: tokens } });
  await client.until(() => ends() > before);
};

describe('the budgets of a gateway', () => {
  it('let one of 20 parallel messages of a visitor through when it could use all of the budget', async () => {
    await start({ budgets: { visitor: { tokensPerDay: 100 } } });
    const { token } = await visitor();
    const tabs = await Promise.all(Array.from({ length: 20 }, () => visitor(token)));
    const answers = await Promise.all(tabs.map((tab) => ask(tab)));
    expect(codesOf(answers)).toEqual(Array.from({ length: 19 }, () => 'quota-exceeded'));
    expect(codesOf([await ask(await visitor())])).toEqual([]);
  });

  it('are spent by what was used, not by what was reserved', async () => {
    await start({ budgets: { visitor: { tokensPerDay: 100 } } });
    const one = await visitor();
    for (const tokens of [60, 39, 500]) {
      expect(codesOf([await ask(one)])).toEqual([]);
      await answer(one, await started.provider.next(), tokens);
    }
    expect(codesOf([await ask(one)])).toEqual(['quota-exceeded']);
  });

  it('keep what the acceptance has reserved when the request needs less: a change would wait for the other runs of the site', async () => {
    const store = createMemoryStore();
    const accept = vi.spyOn(store, 'accept');
    const reserve = vi.spyOn(store.spending, 'reserve');
    await start({ store, budgets: { site: { tokensPerDay: 1_000_000 } } });
    await ask(await visitor());
    await vi.waitFor(() => {
      expect(reserve).toHaveBeenCalled();
    });
    const reserved = accept.mock.calls[0]?.[0].reservation?.amount;
    expect(reserve.mock.calls.map(([{ amount }]) => amount)).toEqual([reserved]);
  });

  it('of a site refuse every visitor, also new ones, and say until when without naming tokens or money', async () => {
    const clock = createFakeClock(dayOf(1_700_000_000_000) * 24 * HOUR_MS + 20 * HOUR_MS);
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, text: string) => warnings.push(text) };
    await start({ clock, logger, budgets: { site: { tokensPerDay: 10 } } });
    const one = await visitor();
    await ask(one);
    await answer(one, await started.provider.next(), 10);
    const refused = await ask(await visitor());
    expect(refused).toMatchObject({
      error: {
        code: 'quota-exceeded',
        retry: 'no',
        retryAfterMs: 4 * HOUR_MS,
        ref: expect.any(String) as string,
      },
    });
    expect(JSON.stringify(refused)).not.toMatch(/token|money|budget|cost|price/i);
    expect(warnings.filter((text) => text.includes('used up its budget'))).toHaveLength(1);
  });

  it('are renewed at midnight, UTC', async () => {
    const clock = createFakeClock(dayOf(1_700_000_000_000) * 24 * HOUR_MS + 23 * HOUR_MS);
    await start({ clock, budgets: { visitor: { tokensPerDay: 10 } } });
    const one = await visitor();
    await ask(one);
    await answer(one, await started.provider.next(), 10);
    expect(codesOf([await ask(one)])).toEqual(['quota-exceeded']);
    clock.advance(renewsInMs(clock.now()));
    const next = await visitor(one.token);
    expect(codesOf([await ask(next)])).toEqual([]);
    await answer(next, await started.provider.next(), 10);
  });

  it('of money count the price of the model', async () => {
    await start({
      sites: [{ id: 'demo', origins: ['self'], model: 'mine' }],
      prices: { mine: { input: 1, output: 100 } },
      budgets: { visitor: { moneyPerDay: 0.01 } },
    });
    const one = await visitor();
    for (const tokens of [99, 1]) {
      expect(codesOf([await ask(one)])).toEqual([]);
      await answer(one, await started.provider.next(), tokens);
    }
    expect(codesOf([await ask(one)])).toEqual(['quota-exceeded']);
    const metrics = await (await fetch(`${started.url}/metrics`)).text();
    expect(metrics).toContain('rivulet_money_total{site="demo"} 0.01');
  });

  it('end a run that goes on writing when other runs have used up the rest, and count what it has written', async () => {
    await start({ budgets: { visitor: { tokensPerDay: 20_000 } } });
    const { token } = await visitor();
    const [one, other] = [await visitor(token), await visitor(token)];
    await ask(one);
    const scene = await started.provider.next();
    scene.emitText('word '.repeat(1_000));
    await ask(other);
    await answer(other, await started.provider.next(), 20_000);
    scene.emitText('word '.repeat(4_000));
    const { reason, error } = await one.client.received('run-finished');
    expect({ reason, code: error?.code }).toEqual({ reason: 'error', code: 'quota-exceeded' });
    expect(scene.signal.aborted).toBe(true);
  });

  it('let a run alone write as much as the limit of an answer allows', async () => {
    await start({ budgets: { visitor: { tokensPerDay: 5_000 } } });
    const one = await visitor();
    await ask(one);
    const scene = await started.provider.next();
    for (let left = 10; left > 0; left -= 1) scene.emitText('word '.repeat(2_000));
    await answer(one, scene, 20_000);
    expect(one.client.events.find(({ type }) => type === 'run-finished')).toMatchObject({ reason: 'stop' });
  });

  it('that are off reserve nothing', async () => {
    await start({ budgets: 'off' });
    const one = await visitor();
    for (let left = 3; left > 0; left -= 1) {
      expect(codesOf([await ask(one)])).toEqual([]);
      await answer(one, await started.provider.next(), 1e8);
    }
  });
});
