import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { collect, joinDeltas } from '../testing/contracts/provider-contract.ts';
import { createOpenAiResponsesProvider } from './openai-responses.ts';
import { createOpenAiProvider } from './openai.ts';

const chunk = (rest: string) => `data: {"id":"c","object":"chat.completion.chunk",${rest}}\n\n`;
/** A chat completion as OpenAI streams it: a role first, usage after the finish reason, raw UTF-8, an SSE comment in between. */
const CHAT = [
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
const event = (type: string, rest: string) => `event: ${type}\ndata: {"type":"${type}",${rest}}\n\n`;
const ITEM = '"id":"msg_1","type":"message","role":"assistant"';
const PART = '"type":"output_text","annotations":[],"logprobs":[],"text":';
const AT = '"item_id":"msg_1","output_index":0,"content_index":0';
const delta = (text: string, number: number) =>
  event(
    'response.output_text.delta',
    `${AT},"delta":"${text}","logprobs":[],"sequence_number":${number},"obfuscation":"x7"`,
  );
const WHOLE = `{${ITEM},"status":"completed","content":[{${PART}"Grüße 😀"}]}`;
const USAGE =
  '{"input_tokens":5,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"total_tokens":7}';
/** A response as OpenAI streams it: everything is said once more at the end of its part, of its item and of the answer. */
const RESPONSE = [
  event(
    'response.created',
    '"response":{"object":"response","status":"in_progress","error":null,"output":[]}',
  ),
  event(
    'response.output_item.added',
    `"output_index":0,"item":{${ITEM},"status":"in_progress","content":[]}`,
  ),
  event('response.content_part.added', `${AT},"part":{${PART}""}`),
  delta('Grüße ', 3),
  ': keep-alive\n\n',
  delta('😀', 4),
  event('response.output_text.done', `${AT},"text":"Grüße 😀"`),
  event('response.content_part.done', `${AT},"part":{${PART}"Grüße 😀"}`),
  event('response.output_item.done', `"output_index":0,"item":${WHOLE}`),
  event(
    'response.completed',
    `"response":{"object":"response","status":"completed","error":null,"output":[${WHOLE}],"usage":${USAGE}}`,
  ),
].join('');
const EVENTS = [
  { type: 'response-started' },
  { type: 'text-delta', text: 'Grüße 😀' },
  { type: 'finished', reason: 'stop', usage: { inputTokens: 5, outputTokens: 2 } },
];

/** Each API with its path, a recorded answer, and the last event without which the answer is not complete. */
const APIS = [
  ['chat completions', createOpenAiProvider, 'chat/completions', CHAT, '"finish_reason":"stop"'],
  ['responses', createOpenAiResponsesProvider, 'responses', RESPONSE, 'event: response.completed'],
] as const;

const server = setupServer();
beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
});
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

describe.each(APIS)('an answer by %s', (_api, create, path, recorded, last) => {
  const url = `https://api.openai.com/v1/${path}`;
  const bytes = Buffer.from(recorded);
  const read = async () => {
    // msw intercepts the global fetch, from `listen` on.
    const provider = create({ apiKey: 'sk-test', model: 'gpt-test', fetch: globalThis.fetch });
    const request = { messages: [{ role: 'user' as const, text: 'Hi' }] };
    return joinDeltas(await collect(provider.stream(request, new AbortController().signal)));
  };
  const serve = (pieces: readonly Uint8Array[]) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    const headers = { 'content-type': 'text/event-stream' };
    server.use(http.post(url, () => new HttpResponse(body, { headers })));
  };

  it('comes from OpenAI when no base URL is given', async () => {
    serve([bytes]);
    expect(await read()).toEqual(EVENTS);
  });

  it('is the same wherever the network cuts the bytes', async () => {
    for (let at = 1; at < bytes.length; at += 23) {
      serve([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(await read()).toEqual(EVENTS);
    }
  });

  it('is the same byte by byte', async () => {
    serve(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(await read()).toEqual(EVENTS);
  });

  it('is none when it was cut before its last event', async () => {
    for (let at = 0; at < bytes.indexOf(last); at += 29) {
      serve([bytes.subarray(0, at)]);
      await expect(read()).rejects.toMatchObject({
        code: expect.stringMatching(/upstream-(truncated|failed)/) as string,
      });
    }
  });

  it('fails as upstream-failed when the network is unreachable', async () => {
    server.use(http.post(url, () => HttpResponse.error()));
    await expect(read()).rejects.toMatchObject({ code: 'upstream-failed' });
  });
});
