import { expect, it } from 'vitest';
import { createResponseReader } from './openai-responses-events.ts';
import type { ProviderEvent } from './provider.ts';

type Fields = Record<string, unknown>;
const event = (type: string, rest: Fields = {}) => ({ type: `response.${type}`, ...rest });
const done = (place: number, item: Fields) => event('output_item.done', { output_index: place, item });
const completed = (response: Fields = {}) => event('completed', { response });
const message = (...parts: Fields[]) => ({ type: 'message', role: 'assistant', content: parts });
const outputText = (value: string) => ({ type: 'output_text', text: value, annotations: [] });
const finished = { type: 'finished', reason: 'stop' };

function read(...values: unknown[]): ProviderEvent[] {
  const reader = createResponseReader();
  const events: ProviderEvent[] = [];
  for (const value of values) reader.read(value, events);
  expect(reader.end(events)).toBeUndefined();
  return events;
}

it('a text is its deltas where events name items by their ids only, as those of llama.cpp, or some of them by their places', () => {
  const delta = (id: string, piece: string) => ({
    ...{ type: 'response.output_text.delta', item_id: id, delta: piece },
  });
  const expected = [{ type: 'text-delta', text: 'Hello you.' }, finished];
  const item = { id: 'msg_1', ...message(outputText('Hello you.')) };
  const placed = { type: 'response.output_item.done', output_index: 0, item };
  const deltas = [delta('msg_1', 'Hello '), delta('msg_1', 'you.')];
  expect(read(...deltas, { type: 'response.output_item.done', item }, completed())).toEqual(expected);
  expect(read(...deltas, placed, completed())).toEqual(expected);
  const added = {
    type: 'response.output_item.added',
    output_index: 0,
    item: { id: 'msg_1', ...message() },
  };
  expect(read(added, ...deltas, placed, completed())).toEqual(expected);
  const nameless = { type: 'response.output_text.delta', delta: 'Hello you.' };
  expect(read(added, nameless, placed, completed())).toEqual(expected);
});

it('a text is its deltas where an item has another id in each event', () => {
  const deltas = ['Hello ', 'you.'].map((delta, piece) =>
    event('output_text.delta', { output_index: 0, item_id: `random-${piece}`, delta }),
  );
  const item = { id: 'random-2', ...message(outputText('Hello you.')) };
  expect(read(...deltas, done(0, item), completed())).toEqual([
    { type: 'text-delta', text: 'Hello you.' },
    finished,
  ]);
});

it('a call is told from others by its call_id where there are neither places nor ids, as those of llama.cpp', () => {
  const one = (id: string, input = '') => ({
    ...{ type: 'function_call', call_id: id, name: 'weather', arguments: input },
  });
  const inputs = read(
    event('output_item.added', { item: one('fc_a') }),
    event('function_call_arguments.delta', { item_id: 'fc_a', delta: '{"n":1}' }),
    event('output_item.added', { item: one('fc_b') }),
    event('function_call_arguments.delta', { item_id: 'fc_b', delta: '{"n":2}' }),
    event('output_item.done', { item: one('fc_a', '{"n":1}') }),
    event('output_item.done', { item: one('fc_b', '{"n":2}') }),
    completed({ output: [one('fc_a', '{"n":1}'), one('fc_b', '{"n":2}')] }),
  );
  expect(inputs.slice(0, -1)).toEqual([
    { type: 'tool-call-started', callId: 'fc_a', name: 'weather' },
    { type: 'tool-call-delta', callId: 'fc_a', text: '{"n":1}' },
    { type: 'tool-call-started', callId: 'fc_b', name: 'weather' },
    { type: 'tool-call-delta', callId: 'fc_b', text: '{"n":2}' },
  ]);
});
