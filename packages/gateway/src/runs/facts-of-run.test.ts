/** What is stored of a run beside its answer, however it ends. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { dayOf } from '../budgets/budgets.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { createWordModerator } from '../moderation/words.ts';
import { createFallbackProvider } from '../providers/fallback.ts';
import { upstreamError } from '../providers/upstream-error.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { accepted, sampleAnswer, sampleOwner, sampleQuestion, withText } from '../testing/samples.ts';
import { createScriptProvider, type ScriptProvider } from '../testing/script-provider.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const prices = { large: { input: 2, cachedInput: 1, output: 10 } };
let store: Store;
let started: StartedGateway | undefined;
beforeEach(() => {
  store = createMemoryStore();
});
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

/** As an adapter does: it names the model that it calls, and says that a request was refused. */
const modelled = (provider: ScriptProvider, model: string): ScriptProvider => ({
  ...provider,
  name: model,
  modelsOf: () => [model],
  upstreamOf: () => `${model}.example ${model}`,
  async *stream(request, signal) {
    const refuse = request.onCall?.(model);
    try {
      yield* provider.stream(request, signal);
    } catch (error) {
      refuse?.();
      throw error;
    }
  },
});

/** A gateway whose visitor has sent a message. */
async function asked(options: Partial<GatewayOptions> = {}) {
  started = await startGateway({ store, prices, ...options });
  const client = await ProtocolClient.connect(started.url);
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  await client.answer(
    client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello' }] }),
  );
  const factsAtEnd = async () => {
    await client.received('run-finished');
    return (await store.console.readFacts(ids.conversationId)).map(({ facts }) => facts);
  };
  return { client, ...ids, provider: started.provider, factsAtEnd };
}
const finishCounted = (scene: Awaited<ReturnType<ScriptProvider['next']>>) => {
  const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningTokens: 5 };
  scene.emit({ type: 'finished', reason: 'stop', usage });
};

it('a run tells who answered, what was asked before, the tokens of each kind, the cost and the times', async () => {
  const [first, second] = [createScriptProvider(), createScriptProvider()];
  const chain = createFallbackProvider([modelled(first, 'small'), modelled(second, 'large')]);
  const { factsAtEnd } = await asked({ provider: chain });
  (await first.next()).fail(upstreamError({ host: 'small.example', model: 'small', status: 503 }));
  const scene = await second.next();
  scene.emitText('Hi');
  finishCounted(scene);
  const [facts] = await factsAtEnd();
  expect(facts).toMatchObject({
    ...{
      reason: 'stop',
      error: undefined,
      upstream: 'large.example large',
      provider: 'large',
      model: 'large',
    },
    asked: [
      { name: 'small.example small', requests: 1, failed: 1, status: 503 },
      { name: 'large.example large', requests: 1, failed: 0 },
    ],
    usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningTokens: 5 },
    costPico: 60 * 2_000_000 + 40 * 1_000_000 + 20 * 10_000_000,
    toolCalls: 0,
  });
  expect(facts?.usage?.isEstimated).toBeUndefined();
  expect(facts!.queuedMs!).toBeLessThanOrEqual(facts!.firstDeltaMs!);
  expect(facts!.firstDeltaMs!).toBeLessThanOrEqual(facts!.totalMs!);
});

it('a cost is not known, and not 0, when one of the models has no price', async () => {
  const provider = createScriptProvider();
  const { factsAtEnd } = await asked({ provider: modelled(provider, 'nobody-knows') });
  const scene = await provider.next();
  scene.emitText('Hi');
  finishCounted(scene);
  const [facts] = await factsAtEnd();
  expect(facts).toMatchObject({ model: 'nobody-knows', usage: { inputTokens: 100, outputTokens: 20 } });
  expect(facts?.costPico).toBeUndefined();
});

it('a run that is stopped has what it used until then, estimated', async () => {
  const provider = createScriptProvider();
  const { client, conversationId, factsAtEnd } = await asked({ provider: modelled(provider, 'large') });
  (await provider.next()).emitText('The beginning of');
  await client.until(() => client.text.includes('beginning'));
  client.send({ type: 'abort-run', conversationId });
  const [facts] = await factsAtEnd();
  expect(facts).toMatchObject({ reason: 'aborted', model: 'large', usage: { isEstimated: true } });
  expect(facts!.costPico!).toBeGreaterThan(0);
});

it('a run that fails has the code of its error, and one that called nobody has cost nothing', async () => {
  const { provider, factsAtEnd } = await asked();
  (await provider.next()).fail(upstreamError({ host: 'a.example', model: 'large', status: 401 }));
  const [facts] = await factsAtEnd();
  expect(facts).toMatchObject({
    reason: 'error',
    error: 'upstream-unconfigured',
    asked: [{ failed: 1, status: 401 }],
  });
  expect([facts?.upstream, facts?.firstDeltaMs]).toEqual([undefined, undefined]);
});

it('a blocked answer that is withdrawn keeps what it has cost', async () => {
  const provider = createScriptProvider();
  const by = [createWordModerator({ words: ['forbidden'] })];
  const moderation = { by, shownText: 'withdraw' as const };
  const { conversationId, factsAtEnd } = await asked({ provider: modelled(provider, 'large'), moderation });
  (await provider.next()).emitText('A good beginning. ', 'And a forbidden end. ', 'More.');
  const [facts] = await factsAtEnd();
  expect((await store.readMessages(conversationId)).at(-1)?.parts).toEqual([]);
  expect(facts).toMatchObject({ reason: 'blocked', error: 'content-blocked', usage: { isEstimated: true } });
  expect(facts!.costPico!).toBeGreaterThan(0);
});

describeDead();

function describeDead(): void {
  const owner = { ...sampleOwner(), siteId: 'demo' };
  /** A reply that an earlier process was writing, whose call was open. */
  async function orphan() {
    const amount = { tokens: 3_000, costPico: 0 };
    const limits = {
      visitor: { tokens: 10_000, costPico: Infinity },
      site: { tokens: Infinity, costPico: Infinity },
    };
    const question = sampleQuestion('Why?');
    const answer = { ...sampleAnswer(), parentId: question.id };
    const reservation = { day: dayOf(Date.now()), amount, limits };
    const acceptance = await accepted(store, { owner, question, answer, reservation });
    const { conversationId } = acceptance;
    await store.putMessages(conversationId, [withText(answer, 'Because of')], 1);
    const used = { usage: { inputTokens: 200, outputTokens: 50 }, costPico: 900 };
    const note = { charge: used, model: 'large' };
    const runId = answer.run!.id;
    await store.spending.reserve({ conversationId, runId, amount, limits, note });
    return acceptance;
  }
  const factsOf = (conversationId: Awaited<ReturnType<typeof orphan>>['conversationId']) =>
    vi.waitFor(async () => {
      const [found] = await store.console.readFacts(conversationId);
      expect(found).toBeDefined();
      return found!.facts;
    });

  it('a run whose gateway died is closed with what its note says, and without times that nobody has measured', async () => {
    const { conversationId } = await orphan();
    started = await startGateway({ store, prices, sites: [{ id: 'demo', origins: ['*'] }] });
    const facts = await factsOf(conversationId);
    expect(facts).toMatchObject({
      ...{ reason: 'interrupted', error: 'interrupted', model: 'large', asked: [], toolCalls: 0 },
      ...{ usage: { inputTokens: 200, outputTokens: 50 }, costPico: 900 },
    });
    expect([facts.totalMs, facts.upstream]).toEqual([undefined, undefined]);
  });

  it('a run that is started once more has the costs of both attempts, and says that there were two', async () => {
    const { conversationId } = await orphan();
    const provider = createScriptProvider();
    const sites = [{ id: 'demo', origins: ['*'], whenInterrupted: 'restart' as const }];
    started = await startGateway({ store, prices, sites, provider: modelled(provider, 'large') });
    const scene = await provider.next();
    scene.emitText('Once more.');
    finishCounted(scene);
    expect(await factsOf(conversationId)).toMatchObject({
      ...{ reason: 'stop', attempts: 2, usage: { inputTokens: 300, outputTokens: 70 } },
      costPico: 900 + 60 * 2_000_000 + 40 * 1_000_000 + 20 * 10_000_000,
    });
  });
}
