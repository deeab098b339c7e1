/** The rules for failing upstreams in a whole gateway, over real connections, in 60 scripted failures. Times are those of a fake clock. */
import { mintConversationId, mintMessageId, textOf, type Message } from '@rivulet/protocol';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes, silentLogger } from './base/index.ts';
import { createFallbackProvider } from './providers/fallback.ts';
import { createOpenAiResponsesProvider } from './providers/openai-responses.ts';
import { createOpenAiProvider } from './providers/openai.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { startGateway, type StartedGateway } from './testing/start-gateway.ts';
import {
  BROKEN_TEXT,
  startScriptedAnswers,
  type AnswerStep,
  type ScriptedAnswers,
} from './testing/upstream/scripted-answers.ts';

const ANSWER: AnswerStep = { kind: 'text', text: 'An answer.' };
const status = (code: number, more: object = {}): AnswerStep => ({ kind: 'status', status: code, ...more });

/** Failures before the first content that may pass. */
const PASSING: Record<string, AnswerStep> = {
  ...Object.fromEntries([408, 409, 500, 502, 503, 529].map((code) => [String(code), status(code)])),
  '429 with Retry-After': status(429, { headers: { 'retry-after': '2' } }),
  'a reset connection': { kind: 'reset' },
  'a break after the headers': { kind: 'break', after: 'headers' },
  'a break after a keep-alive': { kind: 'break', after: 'keep-alive' },
  'a break after the role': { kind: 'break', after: 'role' },
  'an error in the stream': { kind: 'error-in-stream', after: 'headers', code: 502 },
};
/** Failures that say that the same request would fail again. */
const LASTING: Record<string, AnswerStep> = {
  ...Object.fromEntries([400, 401, 402, 403, 404, 422].map((code) => [String(code), status(code)])),
  'a used up quota': status(429, { code: 'insufficient_quota' }),
  '429 for longer than ten seconds': status(429, { headers: { 'retry-after': '60' } }),
};
/** Failures after the first content. */
const LATE: Record<string, AnswerStep> = {
  'a break in the text': { kind: 'break', after: 'text' },
  'an error in the text': { kind: 'error-in-stream', after: 'text', code: 502 },
};
const BLOCKED = status(400, { code: 'content_filter' });
const SILENCE: AnswerStep = { kind: 'silence' };

/** A failure: what each upstream of the chain does, how often each is asked, and the text at the end. */
type Case = [name: string, scripts: AnswerStep[][], calls: number[], text: string];
const casesOf = (failures: Record<string, AnswerStep>, of: (step: AnswerStep, name: string) => Case[]) =>
  Object.entries(failures).flatMap(([name, step]) => of(step, name));
const CASES: Case[] = [
  ...casesOf(PASSING, (step, name) => [
    [`${name}, once`, [[step, ANSWER]], [2], 'An answer.'],
    [`${name}, always`, [[step]], [3], ''],
    [`${name}, of the first of two`, [[step], [ANSWER]], [1, 1], 'An answer.'],
  ]),
  ...casesOf(LASTING, (step, name) => [
    [name, [[step]], [1], ''],
    [`${name}, of the first of two`, [[step], [ANSWER]], [1, 1], 'An answer.'],
  ]),
  ...casesOf(LATE, (step, name) => [
    [name, [[step, ANSWER]], [1], BROKEN_TEXT],
    [`${name}, of the first of two`, [[step], [ANSWER]], [1, 0], BROKEN_TEXT],
  ]),
  ['a blocked content', [[BLOCKED]], [1], ''],
  ['a blocked content, of the first of two', [[BLOCKED], [ANSWER]], [1, 0], ''],
  ['no response', [[SILENCE]], [1], ''],
  ['no response, of the first of two', [[SILENCE], [ANSWER]], [1, 1], 'An answer.'],
];

let clock: FakeClock;
let upstreams: ScriptedAnswers[];
let started: StartedGateway;
let client: ProtocolClient;
beforeEach(() => {
  clock = createFakeClock(Date.now());
});
afterEach(async () => {
  await started.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

/** The waits between two calls pass at once, as soon as the rules have begun them. */
const logger = {
  ...silentLogger,
  info(facts: { waitMs?: number }) {
    const { waitMs = 0 } = facts;
    if (waitMs > 0) setImmediate(() => { clock.advance(waitMs); }); // prettier-ignore
  },
};

type Create = typeof createOpenAiResponsesProvider;
interface StartOptions extends NonNullable<Parameters<typeof startGateway>[0]> {
  create?: Create;
}

async function start(scripts: AnswerStep[][], given: StartOptions = {}) {
  const { create = createOpenAiProvider, ...options } = given;
  upstreams = await Promise.all(scripts.map((steps) => startScriptedAnswers(...steps)));
  const providers = upstreams.map(({ url: baseUrl }) => create({ apiKey: 'k', model: 'm', baseUrl, clock }));
  const limits = { maxUpstreamRetries: 2, upstreamHeadersMs: 30_000, ...options.limits };
  const sites = [{ id: 'demo', origins: ['self'], provider: createFallbackProvider(providers) }];
  started = await startGateway({ logger, ...options, clock, sites, limits });
  client = await ProtocolClient.connect(started.url);
}
function ask() {
  const conversationId = mintConversationId(randomBytes);
  const messageId = mintMessageId(randomBytes);
  client.send({ type: 'send-message', conversationId, messageId, parts: [{ type: 'text', text: 'Hi' }] });
  return conversationId;
}
const answer = (): Message | undefined => client.view?.conversation.messages.at(-1);
const ended = () => client.until(() => answer()?.run?.state === 'finished');

const APIS: [api: string, create: Create][] = [
  ['chat completions', createOpenAiProvider],
  ['responses', createOpenAiResponsesProvider],
];

describe.each(APIS)(`${CASES.length} scripted failures, by %s`, (api, create) => {
  const figures = { failures: 0, calls: 0, mostCalls: 0, doubled: 0, longestMs: 0 };
  afterAll(() => {
    const { failures, calls, mostCalls, doubled, longestMs } = figures;
    console.log(
      `${failures} scripted failures, by ${api}: ${calls} calls, at most ${mostCalls} for one answer, repeated within ${longestMs} ms, doubled text ${doubled}`,
    );
  });

  it.each(CASES)('%s: asked as often as the rule says, and no text is doubled', async (...given) => {
    const [, scripts, calls, text] = given;
    await start(scripts, { create });
    const startedAtMs = clock.now();
    ask();
    if (scripts[0]?.[0] === SILENCE) {
      await upstreams[0]?.whenAsked(1);
      clock.advance(30_000);
    }
    await ended();
    const asked = upstreams.map(({ bodies }) => bodies.length);
    const shown = answer();
    expect([shown && textOf(shown), asked]).toEqual([text, calls]);
    expect(shown?.run?.reason).toBe(text === 'An answer.' ? 'stop' : 'error');
    figures.failures += 1;
    figures.calls += asked.reduce((sum, count) => sum + count, 0);
    figures.mostCalls = Math.max(figures.mostCalls, ...asked);
    figures.doubled += shown !== undefined && textOf(shown).length > text.length ? 1 : 0;
    if (scripts[0]?.[0] !== SILENCE)
      figures.longestMs = Math.max(figures.longestMs, clock.now() - startedAtMs);
    expect(figures.longestMs).toBeLessThanOrEqual(10_000);
  });
});

describe('a stop during a wait', () => {
  const stopAndMeasure = async (conversationId: ReturnType<typeof ask>) => {
    const atMs = clock.now();
    await client.until(() => answer()?.run !== undefined);
    client.send({ type: 'abort-run', conversationId });
    await ended();
    expect(answer()?.run?.reason).toBe('aborted');
    const tookMs = clock.now() - atMs;
    console.log(`a stop during a wait ended the run after ${tookMs} ms`);
    return tookMs;
  };

  it('for a retry ends the run within 100 ms, and the upstream is not asked again', async () => {
    const waits = Promise.withResolvers<undefined>();
    const info = () => {
      waits.resolve(undefined);
    };
    await start([[status(503)]], { logger: { ...silentLogger, info } });
    const conversationId = ask();
    await waits.promise;
    expect(await stopAndMeasure(conversationId)).toBeLessThanOrEqual(100);
    clock.advance(10_000);
    expect(upstreams[0]?.bodies).toHaveLength(1);
  });

  it('for a free slot ends the run within 100 ms, and the upstream is never asked', async () => {
    await start([[SILENCE]], { limits: { maxUpstreamRequests: 1 } });
    const [first, conversationId] = [client, ask()];
    await upstreams[0]?.whenAsked(1);
    client = await ProtocolClient.connect(started.url);
    expect(await stopAndMeasure(ask())).toBeLessThanOrEqual(100);
    client = first;
    await stopAndMeasure(conversationId);
    expect(upstreams[0]?.bodies).toHaveLength(1);
  });

  it('ends with the drain of the gateway, as interrupted', async () => {
    await start([[status(429, { headers: { 'retry-after': '9' } })]], { logger: silentLogger });
    ask();
    await upstreams[0]?.whenAsked(1);
    await client.until(() => answer()?.run !== undefined);
    const drained = started.gateway.drain();
    clock.advance(1);
    await drained;
    await ended();
    expect([answer()?.run?.reason, upstreams[0]?.bodies.length]).toEqual(['interrupted', 1]);
  });
});
