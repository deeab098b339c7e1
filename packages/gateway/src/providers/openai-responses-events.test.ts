import { describe, expect, it } from 'vitest';
import { createResponseReader } from './openai-responses-events.ts';
import type { ProviderEvent } from './provider.ts';

type Fields = Record<string, unknown>;
const ORIGIN = 'openai-responses https://api.example/v1 gpt-5';
const at = (index: number, type: string, rest: Fields = {}) => ({
  type: `response.${type}`,
  output_index: index,
  item_id: `item-${index}`,
  ...rest,
});
const text = (index: number, delta: string) => at(index, 'output_text.delta', { content_index: 0, delta });
const summary = (part: number, delta: string) =>
  at(0, 'reasoning_summary_text.delta', { summary_index: part, delta });
const done = (index: number, item: Fields) => at(index, 'output_item.done', { item });
const completed = (response: Fields = {}) => ({ type: 'response.completed', response });
const incomplete = (reason: string) => ({
  type: 'response.incomplete',
  response: { status: 'incomplete', incomplete_details: { reason } },
});
const message = (...parts: Fields[]) => ({ type: 'message', role: 'assistant', content: parts });
const outputText = (value: string, annotations: Fields[] = []) => ({
  ...{ type: 'output_text', text: value, annotations },
});
const call = (rest: Fields = {}) => ({
  ...{ type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '' },
  ...rest,
});

/** Reads an answer. @returns its events; the last one is a word when the answer is not complete */
function read(...values: unknown[]): (ProviderEvent | string)[] {
  const reader = createResponseReader({ toolNames: new Set(['weather']), origin: ORIGIN });
  const events: ProviderEvent[] = [];
  for (const value of values) reader.read(value, events);
  const why = reader.end(events);
  return why === undefined ? events : [...events, why];
}
const finished = { type: 'finished', reason: 'stop' };

describe('an answer of the responses API', () => {
  it('is its deltas, and not once more what comes whole at the end of each part, item and answer', () => {
    const item = message(outputText('Hello you.'));
    const whole = [
      at(0, 'output_text.done', { text: 'Hello you.' }),
      done(0, item),
      completed({ output: [item] }),
    ];
    expect(read(text(0, 'Hello '), text(0, 'you.'), ...whole)).toEqual([
      { type: 'text-delta', text: 'Hello you.' },
      finished,
    ]);
  });

  it('is what comes whole where there are no deltas: of an item, of the last event, or without a stream', () => {
    const item = message(outputText('Hello.'));
    const expected = [{ type: 'text-delta', text: 'Hello.' }, finished];
    expect(read(done(0, item), completed())).toEqual(expected);
    expect(read(completed({ output: [item] }))).toEqual(expected);
    expect(read({ object: 'response', status: 'completed', output: [item] })).toEqual(expected);
  });

  it('does not end with an event that has an output', () => {
    const shell = at(0, 'shell_call_output_content.done', { output: [{ stdout: 'x', stderr: '' }] });
    expect(read(text(1, 'One.'), shell)).toEqual([{ type: 'text-delta', text: 'One.' }, 'no-finish-reason']);
  });

  it('has a paragraph for each message and for each part of the summary of its reasoning', () => {
    const events = read(
      ...[summary(0, '**Look** '), summary(0, 'it up.'), summary(1, '**Answer**')],
      ...[text(1, 'One.'), text(2, 'Two.'), completed()],
    );
    expect(events).toEqual([
      { type: 'reasoning-delta', text: '**Look** it up.\n\n**Answer**' },
      { type: 'text-delta', text: 'One.\n\nTwo.' },
      finished,
    ]);
  });

  it('shows the reasoning itself where an open model sends it, and not its summary as well', () => {
    const thought = at(0, 'reasoning_text.delta', { content_index: 0, delta: 'Hm.' });
    expect(read(thought, summary(0, 'It thought.'), text(1, 'Hi'), completed())[0]).toEqual({
      type: 'reasoning-delta',
      text: 'Hm.',
    });
  });

  it('shows a refusal as its text', () => {
    const refusal = at(0, 'refusal.delta', { delta: 'I cannot help with that.' });
    expect(read(refusal, completed())).toEqual([
      { type: 'text-delta', text: 'I cannot help with that.' },
      finished,
    ]);
  });

  it('has the tokens that were counted, with those of the cache', () => {
    const usage = {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 5,
      total_tokens: 14,
    };
    expect(read(text(0, 'Hi'), completed({ usage })).at(-1)).toMatchObject({
      usage: { inputTokens: 9, outputTokens: 5, cachedInputTokens: 4 },
    });
    expect(read(text(0, 'Hi'), completed({ usage: { ...usage, output_tokens: -1 } })).at(-1)).toEqual(
      finished,
    );
  });

  it('has a source for each page and file that it cites, once, after its text', () => {
    const page = { type: 'url_citation', url: 'https://a.example/x', title: 'A' };
    const added = at(0, 'output_text.annotation.added', { annotation: page });
    const file = { type: 'file_citation', file_id: 'file-1', filename: 'b.pdf' };
    const script = { type: 'url_citation', url: 'javascript:alert(1)', title: 'C' };
    const item = message(outputText('See A.', [page, file, script]));
    const id = expect.any(String) as string;
    expect(read(text(0, 'See '), added, text(0, 'A.'), done(0, item), completed())).toEqual([
      { type: 'text-delta', text: 'See A.' },
      { type: 'source', sourceId: id, title: 'A', url: 'https://a.example/x' },
      { type: 'source', sourceId: id, title: 'b.pdf' },
      finished,
    ]);
  });
});

describe('a function call', () => {
  const input = (delta: string) => at(0, 'function_call_arguments.delta', { delta });
  const events = [
    { type: 'tool-call-started', callId: 'call_1', name: 'weather' },
    { type: 'tool-call-delta', callId: 'call_1', text: '{"city":"Oslo"}' },
    {
      type: 'finished',
      reason: 'tool',
      metadata: { origin: ORIGIN, calls: [{ callId: 'call_1', upstreamId: 'call_1' }] },
    },
  ];
  const whole = call({ arguments: '{"city":"Oslo"}' });

  it('starts with its item and has the input of its deltas', () => {
    expect(
      read(
        ...[at(0, 'output_item.added', { item: call() }), input('{"city":'), input('"Oslo"}')],
        ...[at(0, 'function_call_arguments.done', { arguments: '{"city":"Oslo"}' }), done(0, whole)],
        completed({ output: [whole] }),
      ),
    ).toEqual(events);
  });

  it('has the input of its item where there are no deltas', () => {
    expect(read(at(0, 'output_item.added', { item: call() }), done(0, whole), completed())).toEqual(events);
    expect(read(completed({ output: [whole] }))).toEqual(events);
  });

  it('has the input that comes whole without deltas, when its item does not follow', () => {
    const all = at(0, 'function_call_arguments.done', { arguments: '{"city":"Oslo"}' });
    const added = at(0, 'output_item.added', { item: call() });
    expect(read(added, all, completed({ output: [whole] }))).toEqual(events);
    expect(read(added, all, done(0, whole), completed())).toEqual(events);
  });

  it('is one of two that are written at the same time', () => {
    const other = call({ id: 'fc_2', call_id: 'call_2' });
    const read2 = read(
      at(0, 'output_item.added', { item: call() }),
      at(1, 'output_item.added', { item: other }),
      ...[at(1, 'function_call_arguments.delta', { delta: '{"n":2}' }), input('{"n":1}')],
      completed(),
    );
    expect(read2.slice(2, 4)).toEqual([
      { type: 'tool-call-delta', callId: 'call_2', text: '{"n":2}' },
      { type: 'tool-call-delta', callId: 'call_1', text: '{"n":1}' },
    ]);
  });

  it('keeps what the upstream attached to it', () => {
    const signed = call({ arguments: '{}', thought_signature: 'c2ln' });
    expect(read(done(0, signed), completed()).at(-1)).toMatchObject({
      metadata: {
        calls: [{ callId: 'call_1', upstreamId: 'call_1', fields: { thought_signature: 'c2ln' } }],
      },
    });
  });
});

describe('the end of an answer', () => {
  it.each([
    ['max_output_tokens', 'length', undefined],
    ['content_filter', 'blocked', undefined],
    ['max_messages', 'length', 'the finish reason max_messages is unknown; it counts as length'],
  ])('that is incomplete because of %s is %s', (reason, meaning, remark) => {
    expect(read(text(0, 'Well'), incomplete(reason)).at(-1)).toEqual({
      ...{ type: 'finished', reason: meaning },
      ...(remark === undefined ? {} : { remark }),
    });
  });

  it.each([
    ['without the last event', [text(0, 'Well')]],
    ['whose response was cancelled', [{ object: 'response', status: 'cancelled', output: [] }]],
    ['whose response is only queued', [{ object: 'response', status: 'queued', output: [] }]],
  ])('%s is none', (_case, values) => {
    expect(read(...values).at(-1)).toBe('no-finish-reason');
  });

  it.each([
    [{ type: 'error', code: 'server_error', message: 'no', param: null }],
    [
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error', message: 'no' } },
      },
    ],
    [{ object: 'response', status: 'failed', error: { code: 'server_error', message: 'no' } }],
  ])('is reported as a failure by %j', (value) => {
    expect(createResponseReader().reportIn(value)).toMatchObject({ code: 'server_error', message: 'no' });
  });

  it('is not reported by the name or the fields of any other event', () => {
    const created = { type: 'response.created', response: { status: 'in_progress', error: null } };
    for (const value of [created, text(0, 'error'), completed(), done(0, call())])
      expect(createResponseReader().reportIn(value)).toBeUndefined();
  });
});
