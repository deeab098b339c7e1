/**
 * Random runs and endings: what is recorded is what the upstream has charged. A sample; `npm run test:budgets` tries 600 on each
 * store. After a crash it may be less by the last piece of the answer, which was not stored yet.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { mintConversationId, mintMessageId, type RunId } from '@rivulet/protocol';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { randomBytes, systemClock } from '../base/index.ts';
import { estimateTokens } from '../prompt/index.ts';
import type { Amount } from '../stores/spending.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import type { Provider } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { CHARGED_PRICES, createChargingProvider, type ScriptedCall } from '../testing/charging-provider.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { dayOf } from './budgets.ts';
import { costPicoOf } from './prices.ts';

const folder = mkdtempSync(join(tmpdir(), 'rivulet-budgets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const RUNS = process.env.RIVULET_SCALE === 'full' ? 600 : 40;
const ENDINGS = ['finish', 'stop', 'disconnect', 'shutdown', 'crash'] as const;
type Ending = (typeof ENDINGS)[number];

const words = fc.array(fc.constantFrom('river ', 'Überraschung ', '你好', '🌊 ', 'x=1; '), {
  minLength: 1,
  maxLength: 9,
});
const chunk = words.map((some) => some.join(''));
const usage = fc.oneof(
  fc.constantFrom('nothing' as const, 'nonsense' as const),
  fc
    .tuple(fc.nat(9_000), fc.integer({ min: 1, max: 9_000 }), fc.nat(9_000))
    .map(([inputTokens, outputTokens, cached]) => ({
      ...{ inputTokens, outputTokens, cachedInputTokens: Math.min(cached, inputTokens) },
    })),
);
const call = (...ends: ScriptedCall['end'][]): fc.Arbitrary<ScriptedCall> =>
  fc.record({
    attempts: fc.array(fc.constantFrom('refused' as const, 'broken' as const), { maxLength: 2 }),
    chunks: fc.array(chunk, { minLength: 1, maxLength: 5 }),
    usage,
    end: fc.constantFrom(...ends),
  });
/** Rounds of tools and contexts that are too long, then the last call, which the ending cuts or not. */
const run = fc.tuple(
  fc.array(call('tool', 'tool', 'too-long'), { maxLength: 3 }),
  call('finish', 'finish', 'fail', 'truncated'),
  fc.constantFrom<Ending>(...ENDINGS),
);

interface Account {
  charged: Amount;
  recorded: Amount;
  /** The last piece of an answer that a crash has cut. */
  unsent: Amount;
}

const NOTHING: Amount = { tokens: 0, costPico: 0 };
const minus = (one: Amount, other: Amount): Amount => ({
  tokens: one.tokens - other.tokens,
  costPico: one.costPico - other.costPico,
});
const TOOL: Tool = {
  ...{ name: 'weather', description: 'Tells the weather.', parameters: { type: 'object' } },
  handler: () => 'sunny',
};

/** The store without its `close`: it outlives the gateways of a scene. */
const outliving = (store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

const open = (store: Store, provider: Provider): Promise<StartedGateway> =>
  startGateway({
    ...{ store: outliving(store), provider, prices: CHARGED_PRICES },
    sites: [{ id: 'demo', origins: ['self'], tools: [TOOL] }],
    budgets: { visitor: { moneyPerDay: 1_000, tokensPerDay: 'off' } },
  });

/** Plays one run to its ending, and reads both accounts. */
async function play(
  store: Store,
  [rounds, last, ending]: [ScriptedCall[], ScriptedCall, Ending],
): Promise<Account> {
  const provider = createChargingProvider();
  const id = mintConversationId(randomBytes);
  const gateways = [await open(store, provider)];
  const client = await ProtocolClient.connect(gateways[0]?.url ?? '');
  const ask = () => {
    const parts = [{ type: 'text' as const, text: 'What is a river?' }];
    const ids = { conversationId: id, messageId: mintMessageId(randomBytes) };
    return client.answer(client.send({ type: 'send-message', ...ids, parts }));
  };
  const answer = async () => (await store.readMessages(id)).at(-1);
  const written = async () =>
    ((await answer())?.parts ?? []).map((part) => ('text' in part ? part.text : '')).join('');
  const over = (count: number) =>
    vi.waitFor(
      async () => {
        expect(await store.readMessages(id)).toHaveLength(count);
        expect((await answer())?.run?.state).toBe('finished');
      },
      { interval: 2 },
    );
  provider.script = [{ attempts: [], chunks: ['Water.'], usage: 'nothing', end: 'finish' }];
  await ask();
  await over(2);
  const { siteId = '', ownerId = '' } = (await store.readConversation(id)) ?? {};
  const spent = async () =>
    (await store.spending.readSpent({ siteId, ownerId }, dayOf(systemClock.now()))).visitor;
  const before = await spent();

  const isCut = ending === 'stop' || ending === 'shutdown' || ending === 'crash';
  const held = Promise.withResolvers<undefined>();
  provider.hold = held.promise;
  provider.script = [...rounds, isCut ? { ...last, end: 'hang' } : last];
  await ask();
  if (ending === 'disconnect') await client.cut();
  if (isCut) {
    const toolText = rounds.filter(({ end }) => end === 'tool').map(({ chunks }) => chunks.join(''));
    const all = [...toolText, last.chunks.join('')].join('');
    const stored = [...toolText, last.chunks.slice(0, -1).join('')].join('');
    // A context that cannot be shortened again has ended the run before its last call.
    await vi.waitFor(
      async () => {
        const isEnded = (await answer())?.run?.state === 'finished';
        expect(isEnded || (await written()).length >= stored.length).toBe(true);
      },
      { interval: 2 },
    );
    held.resolve(undefined);
    const shown = () =>
      (client.view?.conversation.messages.at(-1)?.parts ?? [])
        .map((part) => ('text' in part ? part.text : ''))
        .join('');
    await client.until(
      () => shown() === all || client.view?.conversation.messages.at(-1)?.run?.reason !== undefined,
    );
  } else held.resolve(undefined);
  if (ending === 'stop') await client.answer(client.send({ type: 'abort-run', conversationId: id }));
  if (ending === 'shutdown') await gateways[0]?.gateway.close();
  if (ending === 'crash') gateways.push(await open(store, provider));
  await over(4);
  const { charged } = provider;
  const recorded = minus(await spent(), before);
  expect(
    await store.spending.readReservation(id, (await answer())?.run?.id ?? ('' as RunId)),
  ).toBeUndefined();
  for (const gateway of gateways) await gateway.stop();
  const lastTokens = estimateTokens(last.chunks.join('')) - estimateTokens(last.chunks.slice(0, -1).join(''));
  const price = Math.max(...Object.values(CHARGED_PRICES).map(({ output }) => output));
  const unsent = {
    tokens: lastTokens,
    costPico: costPicoOf({ input: price, output: price }, { inputTokens: 0, outputTokens: lastTokens }),
  };
  return { charged, recorded, unsent: ending === 'crash' ? unsent : NOTHING };
}

describe.each([
  ['memory', () => Promise.resolve(createMemoryStore())],
  ['sqlite', () => createSqliteStore({ file: join(folder, `${mintMessageId(randomBytes)}.sqlite`) })],
])('what is recorded on %s', (name, openStore) => {
  it(`is what the upstream has charged, over ${RUNS} random endings`, async () => {
    const store = await openStore();
    const sums = { runs: 0, charged: 0, recorded: 0, unsent: 0, crashes: 0 };
    await fc.assert(
      fc.asyncProperty(run, async (script) => {
        const { charged, recorded, unsent } = await play(store, script);
        const missing = minus(charged, recorded);
        sums.runs += 1;
        sums.charged += charged.tokens;
        sums.recorded += recorded.tokens;
        sums.unsent += missing.tokens;
        sums.crashes += script[2] === 'crash' ? 1 : 0;
        expect(missing.tokens).toBeGreaterThanOrEqual(0);
        expect(missing.tokens).toBeLessThanOrEqual(unsent.tokens);
        expect(missing.costPico).toBeGreaterThanOrEqual(0);
        expect(missing.costPico).toBeLessThanOrEqual(unsent.costPico);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    await store.close();
    console.log(`budgets on ${name}: ${JSON.stringify(sums)}`);
    expect(sums.runs).toBe(RUNS);
  }, 600_000);
});
