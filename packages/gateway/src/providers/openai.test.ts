import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatErrorOf } from '../testing/chat-error.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { collect, eventsIn } from '../testing/contracts/provider-contract.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';
import { createOpenAiProvider, type OpenAiProviderOptions } from './openai.ts';
import type { ProviderEvent } from './provider.ts';

const API_KEY = 'sk-of-this-test';
const KNOWN = { apiKey: API_KEY, model: 'gpt-test' };
const ask = (text: string) => ({ messages: [{ role: 'user' as const, text }] });
const never = () => new AbortController().signal;

describe('the openai provider over a real connection', () => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = await startUpstream();
  });
  afterEach(() => upstream.close());

  const provider = (options: Partial<OpenAiProviderOptions> = {}) =>
    createOpenAiProvider({ ...KNOWN, baseUrl: upstream.url, ...options });
  const answer = (question: string, options?: Partial<OpenAiProviderOptions>) =>
    collect(provider(options).stream(ask(question), never()));
  const chatError = (question: string, options?: Partial<OpenAiProviderOptions>) =>
    chatErrorOf(answer(question, options));

  it('sends model, messages, key and headers, and asks for usage', async () => {
    await answer('Hello', { request: { extraHeaders: { 'x-team': 'blue' } } });
    const [request] = upstream.requests;
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${API_KEY}`, 'x-team': 'blue' });
    expect(request?.body).toEqual({
      model: 'gpt-test',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('omits stream_options for upstreams that reject it', async () => {
    const events = await answer('Hello', { usage: 'omit' });
    expect(upstream.requests[0]?.body).not.toHaveProperty('stream_options');
    expect(events.at(-1)).toEqual({ type: 'finished', reason: 'stop' });
  });

  const streamOf = (body: string) => () =>
    Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));

  it('joins the deltas of one read from the network', async () => {
    const deltas = ['a', 'b', 'c'].map(
      (content) => `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`,
    );
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    expect(await answer('Hello', { fetch: streamOf(deltas.join('') + end) })).toEqual([
      { type: 'response-started' },
      { type: 'text-delta', text: 'abc' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it.each([
    ['empty data', 'data: \n\n'],
    ['a word', 'data: keep-alive\n\n'],
    ['a comment', ': ping\n\n'],
    ['a named event', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['an event without data', 'event: heartbeat\n\n'],
    ['an empty object', 'data: {}\n\n'],
    ['null', 'data: null\n\n'],
  ])('ignores a keep-alive that is %s (G30)', async (_case, block) => {
    const content = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n';
    const body = [block, content, block, 'data: [DONE]\n\n'].join('');
    expect((await answer('Hello', { fetch: streamOf(body) })).slice(1)).toEqual([
      { type: 'text-delta', text: 'a' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it('reads a complete answer whose connection breaks after the finish reason (G17)', async () => {
    let connection: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        connection = controller;
        const data = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n';
        controller.enqueue(Buffer.from(data));
      },
    });
    const fetch = () => Promise.resolve(new Response(body));
    const events: ProviderEvent[] = [];
    for await (const event of eventsIn(provider({ fetch }).stream(ask('Hello'), never()))) {
      events.push(event);
      if (event.type === 'text-delta') connection?.error(new Error('other side closed'));
    }
    expect(events.slice(1)).toEqual([
      { type: 'text-delta', text: 'a' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it.each([
    ['a chunk with an error', 'data: {"error":{"code":502}}\n\n'],
    ['an event of the name error', 'event: error\ndata: {"code":502}\n\n'],
  ])('takes %s for the failure of the answer', async (_case, body) => {
    expect((await chatError('Hello', { fetch: streamOf(body) })).code).toBe('upstream-overloaded');
  });

  it('reads Retry-After as a date by its own clock', async () => {
    const clock = createFakeClock(Date.parse('2026-01-01T00:00:00Z'));
    const fetch = () =>
      Promise.resolve(
        new Response('{}', { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' } }),
      );
    expect((await chatError('Hello', { clock, fetch })).retryAfterMs).toBe(9_000);
  });
});
