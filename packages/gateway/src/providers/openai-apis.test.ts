import type { ErrorCode } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatErrorOf } from '../testing/chat-error.ts';
import { collect, describeProvider, textIn } from '../testing/contracts/provider-contract.ts';
import { SECRET_WORDS } from '../testing/upstream/upstream-scenes.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';
import type { OpenAiUpstreamOptions } from './openai-options.ts';
import { createOpenAiResponsesProvider } from './openai-responses.ts';
import { createOpenAiProvider } from './openai.ts';
import { providerEventsOf, type Provider } from './provider.ts';
import { UpstreamError } from './upstream-error.ts';

const API_KEY = 'sk-of-this-test';
const KNOWN = { apiKey: API_KEY, model: 'gpt-test' };
const ask = (text: string) => ({ messages: [{ role: 'user' as const, text }] });
type Create = (options: OpenAiUpstreamOptions) => Provider;
const never = () => new AbortController().signal;

async function scripted(create: Create, question: string) {
  const upstream = await startUpstream();
  return {
    provider: create({ ...KNOWN, baseUrl: upstream.url }),
    request: ask(question),
    whenReleased: () => upstream.waitFor({ state: 'client-closed' }),
    calls: () => upstream.requests.length,
    close: () => upstream.close(),
  };
}

const APIS: [name: string, create: Create][] = [
  ['openai', createOpenAiProvider],
  ['openai-responses', createOpenAiResponsesProvider],
];

for (const [name, create] of APIS)
  describeProvider(name, {
    answering: () => scripted(create, '[[emoji]]'),
    hanging: () => scripted(create, '[[hang-mid]]'),
  });

describe.each(APIS)('the %s provider over a real connection', (_name, create) => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = await startUpstream();
  });
  afterEach(() => upstream.close());

  const provider = (options: Partial<OpenAiUpstreamOptions> = {}) =>
    create({ ...KNOWN, baseUrl: upstream.url, ...options });
  const answer = (question: string, options?: Partial<OpenAiUpstreamOptions>) =>
    collect(provider(options).stream(ask(question), never()));
  const chatError = (question: string, options?: Partial<OpenAiUpstreamOptions>) =>
    chatErrorOf(answer(question, options));

  it('streams the text and ends with the reason and the usage', async () => {
    const events = await answer('How are you?');
    expect(textIn(events)).toContain('You asked: **How are you?**');
    expect(events.at(-1)).toEqual({
      type: 'finished',
      reason: 'stop',
      usage: { inputTokens: 11, outputTokens: 7 },
    });
  });

  it('prefers the model of the request', async () => {
    await collect(provider().stream({ ...ask('Hello'), model: 'other' }, never()));
    expect(upstream.requests[0]?.body).toMatchObject({ model: 'other' });
  });

  it('reassembles surrogate pairs that the upstream cut, and replaces lone surrogates', async () => {
    expect(textIn(await answer('[[emoji]]'))).toBe('Look: 😀 and 👍!\uFFFD');
  });

  it.each([
    ['[[blocked]]', 'blocked'],
    ['[[length]]', 'length'],
    ['[[tools]]', 'tool'],
    ['[[no-done]]', 'stop'],
    ['[[done-only]]', 'stop'],
    ['[[refusal]]', 'stop'],
  ])('takes the end of %s for %s', async (question, reason) => {
    expect((await answer(question)).at(-1)).toMatchObject({ type: 'finished', reason });
  });

  it.each<[string, ErrorCode]>([
    ['[[truncate]]', 'upstream-truncated'],
    ['[[empty]]', 'upstream-truncated'],
    ['[[error-chunk]]', 'upstream-failed'],
    ['[[garbage]]', 'upstream-failed'],
    ['[[reset]]', 'upstream-failed'],
    ['[[reset-headers]]', 'upstream-failed'],
    ['[[html]]', 'upstream-failed'],
    ['[[redirect]]', 'upstream-failed'],
    ['[[400]]', 'upstream-failed'],
    ['[[401]]', 'upstream-unconfigured'],
    ['[[403]]', 'upstream-unconfigured'],
    ['[[404]]', 'upstream-unconfigured'],
    ['[[500]]', 'upstream-failed'],
    ['[[502]]', 'upstream-overloaded'],
    ['[[503]]', 'upstream-overloaded'],
    ['[[504]]', 'upstream-overloaded'],
    ['[[529]]', 'upstream-overloaded'],
    ['[[429]]', 'upstream-rate-limited'],
    ['[[quota]]', 'quota-exceeded'],
    ['[[context]]', 'context-length'],
    ['[[policy]]', 'content-blocked'],
  ])('takes %s for %s, asks once, and keeps the words and the key to itself', async (question, code) => {
    const error = await chatError(question);
    const cause = error.cause as Error | undefined; // what the assertions are about
    expect(error.code).toBe(code);
    expect(`${error.message} ${String(cause)} ${JSON.stringify(cause)}`).not.toMatch(
      new RegExp(`${SECRET_WORDS}|${API_KEY}`),
    );
    expect(upstream.requests).toHaveLength(1);
  });

  it('keeps status, code and error text for the operator', async () => {
    const { cause } = await chatError('[[401]]');
    expect(cause).toBeInstanceOf(UpstreamError);
    expect(cause).toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect((cause as UpstreamError).message).toMatch(/127\.0\.0\.1:\d+ answered 401 \(invalid_api_key\)/);
    expect((cause as UpstreamError).words()).toContain(SECRET_WORDS);
  });

  it('reports when to retry', async () => {
    expect((await chatError('[[429:7]]')).retryAfterMs).toBe(7_000);
    expect((await chatError('[[429]]')).retryAfterMs).toBeUndefined();
  });

  it('names the system code when the connection is refused', async () => {
    await upstream.close();
    const { code, cause } = await chatError('Hello');
    expect(code).toBe('upstream-failed');
    expect(cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('never follows a redirect with the key', async () => {
    const { cause } = await chatError('[[redirect]]');
    expect(cause).toMatchObject({ status: 307 });
    expect(upstream.requests.map(({ headers }) => headers.host)).toEqual([new URL(upstream.url).host]);
  });

  it('ends with the last event, also when the upstream does not end its response', async () => {
    expect((await answer('[[hang-done]]')).at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
  });

  it('refuses an event of more than 8 Mi characters', async () => {
    const { code, cause } = await chatError('[[endless-event]]');
    expect([code, (cause as Error).message]).toEqual([
      'upstream-failed',
      expect.stringContaining('sent an event of more than 8 Mi characters'),
    ]);
  });

  it('ends a request that hangs before its headers when it is aborted, without an event', async () => {
    const run = new AbortController();
    const reading = collect(provider().stream(ask('[[hang-headers]]'), run.signal));
    await upstream.waitFor({ state: 'gated' });
    run.abort();
    expect(await reading).toEqual([]);
    await upstream.waitFor({ state: 'client-closed' });
  });

  it('closes the socket within 100 ms of an abort, also while nobody reads', async () => {
    const run = new AbortController();
    const events = provider().stream(ask('[[hang-mid]]'), run.signal)[Symbol.asyncIterator]();
    await events.next();
    await upstream.waitFor({ state: 'gated' });
    const abortedAtMs = Date.now();
    run.abort();
    const [request] = await upstream.waitFor({ state: 'client-closed' });
    expect((request?.endedAtMs ?? Infinity) - abortedAtMs).toBeLessThan(100);
  });

  it('emits nothing after an abort, even when text has already arrived', async () => {
    const run = new AbortController();
    const events = provider().stream(ask('[[long:200]]'), run.signal);
    let after = 0;
    for await (const output of events) {
      if (run.signal.aborted) after += 1;
      if (textIn(providerEventsOf(output)) !== '') run.abort();
    }
    expect(after).toBe(0);
  });
});
