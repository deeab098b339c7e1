import type { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { collect, joinDeltas, textIn } from '../testing/contracts/provider-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createOpenAiProvider } from './openai.ts';
import { reasonOf, type UpstreamError } from './upstream-error.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
type Body = string | readonly string[];

/** A body in pieces; when `held`, it is never ended. */
function streamOf(pieces: readonly string[], end: 'ended' | 'held'): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece, 'latin1'));
      if (end === 'ended') controller.close();
    },
  });
}
/** The events that a response yields. */
async function read(body: Body, type: string | null = 'application/json', end: 'ended' | 'held' = 'ended') {
  const headers = type === null ? new Headers() : new Headers({ 'content-type': type });
  const fetch = () => Promise.resolve(new Response(streamOf([body].flat(), end), { headers }));
  const clock = createFakeClock(NOW_MS);
  const provider = createOpenAiProvider({ apiKey: 'sk-test', model: 'm', fetch, clock });
  const request = { messages: [{ role: 'user' as const, text: 'Hi' }] };
  return joinDeltas(await collect(provider.stream(request, new AbortController().signal)));
}
const failure = async (...args: Parameters<typeof read>): Promise<ChatError> =>
  read(...args).then(
    () => Promise.reject(new Error('no failure')),
    (error: unknown) => error as ChatError, // the provider throws nothing else
  );

const completion = (choice: object, rest: object = {}) => ({
  ...{ id: 'x', object: 'chat.completion', choices: [{ index: 0, ...choice }] },
  ...rest,
});
const HELLO = completion({ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' });
const chunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] });
const EVENTS = `data: ${chunk({ content: 'Hel' })}\n\ndata: ${chunk({ content: 'lo' }, 'stop')}\n\ndata: [DONE]\n\n`;
const ANSWER = [
  { type: 'response-started' },
  { type: 'text-delta', text: 'Hello' },
  { type: 'finished', reason: 'stop' },
];

describe('a whole completion as JSON', () => {
  it.each<[string, Body]>([
    ['in one line', JSON.stringify(HELLO)],
    ['over several lines', JSON.stringify(HELLO, null, 2)],
    ['with an end of the line', `${JSON.stringify(HELLO)}\n`],
    ['after a byte order mark and white space', `\xef\xbb\xbf\n  ${JSON.stringify(HELLO)}`],
    ['in a list', JSON.stringify([HELLO])],
    ['in a list of chunks', `[${chunk({ content: 'Hel' })},${chunk({ content: 'lo' }, 'stop')}]`],
    ['byte by byte', JSON.stringify(HELLO, null, 1).split('')],
  ])('is an answer %s, under any label (G18)', async (_form, body) => {
    for (const type of ['application/json', 'text/event-stream', 'text/plain', null])
      expect(await read(body, type)).toEqual(ANSWER);
  });

  it('is an answer when the body is held open after it (G18)', async () => {
    expect(await read(JSON.stringify(HELLO), 'application/json', 'held')).toEqual(ANSWER);
  });

  it('is an answer without a finish reason, because it is complete (G18)', async () => {
    const body = completion({ message: { content: 'Hello' }, finish_reason: null });
    expect((await read(JSON.stringify(body))).at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
  });

  it('has its reasoning, its usage and its reason (G18)', async () => {
    const message = { reasoning_content: 'Hm.', content: [{ type: 'text', text: 'Hel' }] };
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    expect(await read(JSON.stringify(completion({ message, finish_reason: 'length' }, { usage })))).toEqual([
      { type: 'response-started' },
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'Hel' },
      { type: 'finished', reason: 'length', usage: { inputTokens: 5, outputTokens: 2 } },
    ]);
  });

  it('has its tool calls, with or without ids (G18)', async () => {
    const call = (id: object, city: string) => ({
      ...{ ...id, type: 'function' },
      function: { name: 'find', arguments: JSON.stringify({ city }) },
    });
    const message = { content: null, tool_calls: [call({ id: 'a' }, 'Oslo'), call({}, 'Bergen')] };
    const events = await read(JSON.stringify(completion({ message, finish_reason: 'tool_calls' })));
    const texts = events.flatMap((event) => (event.type === 'tool-call-delta' ? [event.text] : []));
    expect(texts).toEqual(['{"city":"Oslo"}', '{"city":"Bergen"}']);
    expect(events.at(-1)).toMatchObject({ reason: 'tool' });
  });

  it('may have its text where older upstreams have it (G18)', async () => {
    const body = completion({ text: 'Hello', finish_reason: 'stop' }, { object: 'text_completion' });
    expect(await read(JSON.stringify(body))).toEqual(ANSWER);
  });

  it('is no answer when it is cut (G18)', async () => {
    expect((await failure(JSON.stringify(HELLO).slice(0, -9))).code).toBe('upstream-failed');
  });
});

describe('server-sent events', () => {
  it.each(['application/json', 'text/html; charset=utf-8', 'text/plain', 'application/octet-stream', null])(
    'are an answer with the label %s (G19)',
    async (type) => {
      expect(await read(EVENTS, type)).toEqual(ANSWER);
      expect(await read(EVENTS.split(''), type)).toEqual(ANSWER);
    },
  );

  it.each([
    [': OPENROUTER PROCESSING\n\n'],
    ['event: message\n'],
    ['id: 1\n'],
    ['retry: 3000\n\n'],
    ['\n\n'],
    ['\xef\xbb\xbf'],
  ])('are recognised when they begin with %j (G19)', async (start) => {
    expect(await read((start + EVENTS).split(''))).toEqual(ANSWER);
  });

  it('keep characters that the network cuts in their first bytes (G19)', async () => {
    const body = Buffer.from(`data: ${chunk({ content: '😀' }, 'stop')}\n\n`).toString('latin1');
    expect(textIn(await read(body.split('')))).toBe('😀');
  });

  it('may lack their fields: each line is a chunk (G19)', async () => {
    const lines = `${chunk({ content: 'Hel' })}\n${chunk({ content: 'lo' }, 'stop')}\n`;
    expect(await read(lines, 'application/x-ndjson')).toEqual(ANSWER);
    expect(await read(lines.split(''))).toEqual(ANSWER);
  });
});

describe('a report with the status of a success', () => {
  it.each<[string, unknown, string]>([
    ['a rate limit', { error: { code: 429, message: 'slow' } }, 'upstream-rate-limited'],
    ['a long context', { error: { code: 'context_length_exceeded' } }, 'context-length'],
    [
      'a list',
      [
        {
          error: { code: 400, message: 'The input token count exceeds the maximum number of tokens allowed' },
        },
      ],
      'context-length',
    ],
    ['a text', { error: 'model is overloaded' }, 'upstream-overloaded'],
    [
      'MiniMax',
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' }, choices: null },
      'quota-exceeded',
    ],
    ['a wrong key', { detail: 'Invalid API key' }, 'upstream-unconfigured'],
    ['anything else', { result: 'ok' }, 'upstream-failed'],
  ])('is a failure, such as %s (G14)', async (_case, body, code) => {
    for (const text of [JSON.stringify(body), JSON.stringify(body, null, 2), `${JSON.stringify(body)}\n`])
      expect((await failure(text)).code).toBe(code);
  });

  it.each([
    ['<html><title>502 Bad Gateway</title></html>', 'upstream-overloaded', 'a web page', '502 Bad Gateway'],
    ['<!doctype html><title>Sign in</title>', 'upstream-failed', 'a web page', 'Sign in'],
    ['no healthy upstream', 'upstream-overloaded', 'a text', 'no healthy upstream'],
    ['Welcome', 'upstream-failed', 'a text', 'Welcome'],
  ])('is a failure when it is %j (G14)', async (body, code, form, words) => {
    const error = await failure(body, 'text/html');
    const cause = error.cause as UpstreamError; // of every failure
    expect([error.code, cause.safeWords()]).toEqual([code, words]);
    expect(cause.message).toContain(`sent ${form} in place of an answer (is the base URL right?)`);
  });

  it('has the delay that it names (G14)', async () => {
    const body = { error: { code: 429, details: [{ retryDelay: '31s' }] } };
    expect((await failure(JSON.stringify(body))).retryAfterMs).toBe(31_000);
  });
});

describe('a report in the middle of an answer', () => {
  const start = `data: ${chunk({ content: 'Hel' })}\n\n`;
  it.each([
    ['an error', 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}'],
    ['an error text', 'data: {"error":"Overloaded"}'],
    ['an object of the type error', 'data: {"object":"error","message":"Overloaded","code":400}'],
    ['the type error', 'data: {"type":"error","error":{"type":"overloaded_error"}}'],
    ['a detail', 'data: {"detail":"Overloaded"}'],
    ['a message with a code', 'data: {"message":"Overloaded","code":500}'],
    ['a list', 'data: [{"error":{"message":"Overloaded"}}]'],
    ['an event of its name', 'event: error\ndata: {"message":"Overloaded"}'],
    ['an event of its name with a text', 'event: error\ndata: Overloaded'],
    ['a field of its name', 'error: {"code":500,"message":"Overloaded"}'],
    ['an object without a field', '{"error":{"message":"Overloaded"}}'],
  ])('ends it with its cause: %s (G22)', async (_case, report) => {
    const error = await failure(`${start}${report}\n\n`, 'text/event-stream');
    expect([error.code, reasonOf(error)]).toEqual(['upstream-overloaded', 'overloaded']);
  });
});

describe('a failed response', () => {
  const respond = async (status: number, body: string, headers: Record<string, string> = {}) => {
    const fetch = () => Promise.resolve(new Response(body, { status, headers }));
    const provider = createOpenAiProvider({
      apiKey: 'sk-test',
      model: 'm',
      fetch,
      clock: createFakeClock(NOW_MS),
    });
    const request = { messages: [{ role: 'user' as const, text: 'Where is my parcel with 4711?' }] };
    return collect(provider.stream(request, new AbortController().signal)).then(
      () => Promise.reject(new Error('no failure')),
      (error: unknown) => error as ChatError,
    );
  };

  it('may be a list, as Gemini sends it (G15)', async () => {
    const message = 'The input token count (9) exceeds the maximum number of tokens allowed (8).';
    const body = [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }];
    expect((await respond(400, JSON.stringify(body))).code).toBe('context-length');
  });

  it('has the id of the request in its header or its body (G14)', async () => {
    const { cause: ofHeader } = await respond(500, '{}', { 'request-id': 'req_1' });
    const { cause: ofBody } = await respond(500, '{"request_id":"req_2"}');
    expect([ofHeader, ofBody]).toMatchObject([{ requestId: 'req_1' }, { requestId: 'req_2' }]);
  });

  it('has the class that AWS names in a header (G14)', async () => {
    const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal.example/' };
    expect((await respond(400, '{"message":"Slow"}', headers)).code).toBe('upstream-rate-limited');
  });

  it('shows the operator its words without what they quote of the request (G14)', async () => {
    const { cause } = await respond(400, '{"message":"Bad value: Where is my parcel with 4711?"}');
    expect((cause as UpstreamError).safeWords()).toBe('Bad value: [request]');
  });
});
