import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { collect, joinDeltas } from '../testing/contracts/provider-contract.ts';
import { createOpenAiProvider } from './openai.ts';
import type { Provider } from './provider.ts';

const URL = 'https://api.openai.com/v1/chat/completions';
const chunk = (rest: string) => `data: {"id":"c","object":"chat.completion.chunk",${rest}}\n\n`;
/** A stream as OpenAI sends it: a role first, usage after the finish reason, raw UTF-8, an SSE comment in between. */
const RECORDED = [
  chunk(
    '"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null',
  ),
  chunk('"choices":[{"index":0,"delta":{"content":"Grüße "},"finish_reason":null}],"usage":null'),
  ': keep-alive\n\n',
  chunk('"choices":[{"index":0,"delta":{"content":"😀"},"finish_reason":null}],"usage":null'),
  chunk('"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null'),
  chunk('"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}'),
  'data: [DONE]\n\n',
].join('');
const EVENTS = [
  { type: 'response-started' },
  { type: 'text-delta', text: 'Grüße 😀' },
  { type: 'finished', reason: 'stop', usage: { inputTokens: 5, outputTokens: 2 } },
];

const server = setupServer();
let provider: Provider;
beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
  // msw intercepts the global fetch, from `listen` on.
  const { fetch } = globalThis;
  provider = createOpenAiProvider({ apiKey: 'sk-test', model: 'gpt-test', fetch });
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

const read = async () => {
  const request = { messages: [{ role: 'user' as const, text: 'Hi' }] };
  return joinDeltas(await collect(provider.stream(request, new AbortController().signal)));
};

function streamOf(pieces: readonly Uint8Array[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return http.post(URL, () => new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } }));
}

it('goes to OpenAI when no base URL is given', async () => {
  server.use(streamOf([Buffer.from(RECORDED)]));
  expect(await read()).toEqual(EVENTS);
});

it('reads the same events wherever the network cuts the bytes', async () => {
  const bytes = Buffer.from(RECORDED);
  for (let at = 1; at < bytes.length; at += 23) {
    server.use(streamOf([bytes.subarray(0, at), bytes.subarray(at)]));
    expect(await read()).toEqual(EVENTS);
  }
});

it('reads the same events byte by byte', async () => {
  server.use(streamOf(Array.from(Buffer.from(RECORDED), (byte) => Uint8Array.of(byte))));
  expect(await read()).toEqual(EVENTS);
});

it('never takes a stream that was cut before its finish reason for an answer', async () => {
  const bytes = Buffer.from(RECORDED);
  for (let at = 0; at < bytes.indexOf('"finish_reason":"stop"'); at += 29) {
    server.use(streamOf([bytes.subarray(0, at)]));
    await expect(read()).rejects.toMatchObject({
      code: expect.stringMatching(/upstream-(truncated|failed)/) as string,
    });
  }
});

it('reports an unreachable network as upstream-failed', async () => {
  server.use(http.post(URL, () => HttpResponse.error()));
  await expect(read()).rejects.toMatchObject({ code: 'upstream-failed' });
});
