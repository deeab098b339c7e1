import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBodyReader } from './answer-body.ts';
import { BODY_MAX_BYTES, BYTES_WITHOUT_CONTENT_MAX, createBodyCount } from './excessive-answer.ts';
import { createAnswerReader } from './openai-answer.ts';
import { createChunkReader } from './openai-chunks.ts';
import { createResponseReader } from './openai-responses-events.ts';
import type { ProviderEvent } from './provider.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';

const where = { host: 'model.example', model: 'm' };
/** Reads a body that arrives in pieces. */
function readBody(pieces: Iterable<string>): ProviderEvent[] {
  const headers = new Headers();
  const reader = createBodyReader(createAnswerReader(where, headers, createChunkReader()), headers);
  const events: ProviderEvent[] = [];
  for (const piece of pieces) if (reader.read(Buffer.from(piece), events) === 'finished') return events;
  reader.end(events, 'closed');
  return events;
}
const completion = { choices: [{ index: 0, message: { content: 'Hello.' }, finish_reason: 'stop' }] };
const textOf = (events: ProviderEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

describe('the count of a body', () => {
  it('ends a body without content, and one that never ends, and no other', () => {
    const lively = createBodyCount();
    for (let sent = 0; sent < BODY_MAX_BYTES; sent += 2 ** 20) lively.add(2 ** 20, 'content');
    expect(() => {
      lively.add(1, 'content');
    }).toThrow('sent an answer of more than 256 MiB');
    const idle = createBodyCount();
    idle.add(BYTES_WITHOUT_CONTENT_MAX, 'nothing');
    expect(() => {
      idle.add(1, 'nothing');
    }).toThrow('sent more than 32 MiB without content');
  });
});

describe('a document', () => {
  it('is read in linear time, also in a million pieces that are no answer', () => {
    const startedAtMs = performance.now();
    const pieces = function* (start: string) {
      yield start;
      for (let count = 0; count < 200_000; count += 1) yield ' {"a":1}';
    };
    for (const start of ['{"a":1}', '{"text":"', '[', '{"a":1}\n', ' \n'])
      expect(() => readBody(pieces(start))).toThrow();
    // Reading the text again with each piece took minutes.
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });

  it.each(['data', 'result', 'response', 'output'])('within %s, as relays wrap it, is an answer', (name) => {
    const wrapped = { code: 0, message: 'success', [name]: completion };
    expect(textOf(readBody([JSON.stringify(wrapped)]))).toBe('Hello.');
    expect(textOf(readBody([`data: ${JSON.stringify(wrapped)}\n\n`]))).toBe('Hello.');
  });

  it('that reports a failure beside an empty answer is a failure', () => {
    expect(() => readBody([JSON.stringify({ error: { message: 'no' }, data: completion })])).toThrow(
      'failure',
    );
  });
});

describe('an answer of several choices', () => {
  it('is the one with the index 0, wherever it is in the list', () => {
    const events: ProviderEvent[] = [];
    const reader = createChunkReader();
    const choice = (index: unknown, content: string) => ({ index, delta: { content } });
    reader.read({ choices: [choice(1, 'one'), choice(0, 'A')] }, events);
    reader.read({ choices: [choice(2, 'two')] }, events);
    reader.read({ choices: [choice('0', 'B'), choice(1, 'one')] }, events);
    reader.read({ choices: [{ index: 1, finish_reason: 'length' }] }, events);
    reader.read({ choices: [{ finish_reason: 'stop' }] }, events);
    reader.end(events);
    expect(textOf(events)).toBe('AB');
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });
});

describe('the tool calls of an answer', () => {
  const call = (index: number, fields: object) => ({
    choices: [{ delta: { tool_calls: [{ index, ...fields }] } }],
  });
  it('are at most 128, and their unnamed input is bounded', () => {
    const tools = createChunkReader();
    const addMany = () => {
      for (let index = 0; index <= 128; index += 1)
        tools.read(call(index, { id: `c${index}`, function: { name: 'a', arguments: '{}' } }), []);
    };
    expect(addMany).toThrow('made more than 128 tool calls');
    const unnamed = createChunkReader();
    const addLong = () => {
      for (let count = 0; count < 100; count += 1)
        unnamed.read(call(0, { function: { arguments: 'x'.repeat(1_000) } }), []);
    };
    expect(addLong).toThrow('has no name');
  });

  it('are at most 128 by the responses API too, in deltas or in the last event', () => {
    const item = (index: number) => ({
      type: 'function_call',
      call_id: `c${index}`,
      name: 'a',
      arguments: '{}',
    });
    const items = Array.from({ length: 129 }, (_, index) => item(index));
    const addEach = () => {
      const reader = createResponseReader();
      for (const [index, one] of items.entries())
        reader.read({ type: 'response.output_item.added', output_index: index, item: one }, []);
    };
    const addAll = () => {
      createResponseReader().read({ type: 'response.completed', response: { output: items } }, []);
    };
    expect(addEach).toThrow('made more than 128 tool calls');
    expect(addAll).toThrow('made more than 128 tool calls');
  });

  it('may have long inputs, in one piece or many, under one id or a new one each time', () => {
    const events: ProviderEvent[] = [];
    const reader = createChunkReader();
    reader.read(
      call(0, { id: 'c', function: { name: 'a', arguments: `{"t":"${'x'.repeat(200_000)}` } }),
      events,
    );
    for (let count = 0; count < 50_000; count += 1)
      reader.read(call(0, { id: `c${count}`, function: { arguments: 'xx' } }), events);
    reader.read(call(0, { function: { arguments: '"}' } }), events);
    expect(events.map((event) => ('text' in event ? event.text : '')).join('')).toHaveLength(300_008);
  });
});

describe('a compressed body', () => {
  let server: Server;
  let body: Buffer;
  let encoding: string;
  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const read = async () => {
    const { fetch, bodyOf } = createUpstreamFetch();
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    let bytes = 0;
    for await (const piece of bodyOf(response) as AsyncIterable<Buffer>) bytes += piece.length;
    return bytes;
  };

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('of %s that expands a thousand times fails early', async (name, compress) => {
    [encoding, body] = [name, compress(Buffer.alloc(64 * 2 ** 20))];
    await expect(read()).rejects.toThrow('expands more than 200 times');
  });

  it('of deltas is read to its end', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, n) => `data: ${JSON.stringify({ id: n, ...completion })}\n\n`,
    );
    [encoding, body] = ['gzip', gzipSync(lines.join(''))];
    expect(await read()).toBe(Buffer.byteLength(lines.join('')));
  });
});
