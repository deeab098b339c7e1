import { describe, expect, it } from 'vitest';
import { createChunkReader } from './openai-chunks.ts';
import type { ProviderEvent } from './provider.ts';

const delta = (fields: object, rest: object = {}) => ({ choices: [{ index: 0, delta: fields, ...rest }] });
const end = (reason: string) => delta({}, { finish_reason: reason });
const readAll = (chunks: readonly unknown[]) => {
  const reader = createChunkReader();
  const events: ProviderEvent[] = [];
  for (const chunk of chunks) reader.read(chunk, events);
  const why = reader.end(events);
  return why === undefined ? events : [...events, why];
};

describe('the chunk reader', () => {
  it('separates reasoning from text, under both of its names', () => {
    const events = readAll([
      delta({ reasoning_content: 'hm' }),
      delta({ reasoning: 'so' }),
      delta({ content: 'yes' }),
      end('stop'),
    ]);
    expect(events).toEqual([
      { type: 'reasoning-delta', text: 'hmso' },
      { type: 'text-delta', text: 'yes' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it('appends a delta to the last event that nobody has taken yet, and never to a taken one', () => {
    const reader = createChunkReader();
    const taken: ProviderEvent[] = [];
    const waiting: ProviderEvent[] = [];
    for (const content of ['a', 'b']) reader.read(delta({ content }), taken);
    for (const content of ['c', 'd']) reader.read(delta({ content }), waiting);
    expect([taken, waiting]).toEqual([
      [{ type: 'text-delta', text: 'ab' }],
      [{ type: 'text-delta', text: 'cd' }],
    ]);
  });

  it('emits reasoning once when a chunk has it under both names', () => {
    expect(readAll([delta({ reasoning_content: 'hm', reasoning: 'hm' })])[0]).toEqual({
      type: 'reasoning-delta',
      text: 'hm',
    });
    expect(readAll([delta({ reasoning_content: 'hm', reasoning: 'hm' })])).toHaveLength(2);
  });

  it('reads content that is a list of pieces', () => {
    expect(readAll([delta({ content: [{ type: 'text', text: 'a' }, { text: 'b' }, 7] })])[0]).toEqual({
      type: 'text-delta',
      text: 'ab',
    });
  });

  it('starts a call once it has a name, and keeps two calls apart', () => {
    const tool = (index: number, rest: object) => delta({ tool_calls: [{ index, ...rest }] });
    const events = readAll([
      tool(0, { id: 'a', function: { arguments: '{"x"' } }),
      tool(0, { function: { name: 'first', arguments: ':1' } }),
      tool(1, { id: 'b', function: { name: 'second', arguments: '{}' } }),
      tool(0, { function: { arguments: '}' } }),
      end('tool_calls'),
    ]);
    expect(events).toEqual([
      { type: 'tool-call-started', callId: 'a', name: 'first' },
      { type: 'tool-call-delta', callId: 'a', text: '{"x":1' },
      { type: 'tool-call-started', callId: 'b', name: 'second' },
      { type: 'tool-call-delta', callId: 'b', text: '{}' },
      { type: 'tool-call-delta', callId: 'a', text: '}' },
      { type: 'finished', reason: 'tool' },
    ]);
  });

  it('treats another id at the same index as another call, and `stop` after a call as `tool`', () => {
    const events = readAll([
      delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'one' } }] }),
      delta({ tool_calls: [{ index: 0, id: 'b', function: { name: 'two' } }] }),
      end('stop'),
    ]);
    expect(
      events.map((event) => (typeof event === 'object' && 'callId' in event ? event.callId : event)),
    ).toEqual(['a', 'b', { type: 'finished', reason: 'tool' }]);
  });

  it('takes the last valid usage, whichever chunk it is in', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    expect(readAll([{ ...end('stop'), usage: null }, { choices: [], usage }, { choices: [] }])).toEqual([
      { type: 'finished', reason: 'stop', usage: { inputTokens: 3, outputTokens: 4 } },
    ]);
  });

  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['function_call', 'tool'],
    ['content_filter', 'blocked'],
  ])('takes the finish reason %s for %s', (word, reason) => {
    expect(readAll([end(word)])).toEqual([{ type: 'finished', reason }]);
  });

  it.each([
    ['', 'no-finish-reason'],
    ['abort', 'no-finish-reason'],
    ['error', 'failed'],
    ['insufficient_system_resource', 'overloaded'],
  ])('never takes the finish reason "%s" for an answer', (word, why) => {
    expect(readAll([delta({ content: 'half' }), end(word)]).at(-1)).toBe(why);
  });

  it('reads nothing from values that are not chunks', () => {
    const strange = [
      null,
      7,
      'x',
      [],
      {},
      { choices: 5 },
      { choices: [null] },
      delta({ content: 5 }),
      delta([]),
    ];
    expect(readAll(strange)).toEqual(['no-finish-reason']);
  });
});
