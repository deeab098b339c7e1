import { describe, expect, it } from 'vitest';
import { createChunkReader } from './openai-chunks.ts';
import type { ProviderEvent } from './provider.ts';

const delta = (fields: object, rest: object = {}) => ({ choices: [{ index: 0, delta: fields, ...rest }] });
const end = (reason: string) => delta({}, { finish_reason: reason });
const readAll = (chunks: readonly unknown[], how?: 'done') => {
  const reader = createChunkReader();
  const events: ProviderEvent[] = [];
  for (const chunk of chunks) reader.read(chunk, events);
  const why = reader.end(events, how);
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
    ['reasoning_text', { reasoning_text: 'hm' }],
    ['thinking', { thinking: 'hm' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'hm' }, { data: 'x' }] }],
    ['summaries', { reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }] }],
    ['thinking_blocks', { thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'x' }] }],
    ['Mistral', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('reads the reasoning of %s (G01)', (_name, fields) => {
    expect(readAll([delta(fields), delta({ content: 'yes' }), end('stop')])).toEqual([
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'yes' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it('separates reasoning between tags, and leaves it when that is off (G01)', () => {
    const chunks = [delta({ content: '<th' }), delta({ content: 'ink>hm</think>yes' }), end('stop')];
    expect(readAll(chunks).slice(0, 2)).toEqual([
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'yes' },
    ]);
    const reader = createChunkReader({ thinkTags: 'off' });
    const events: ProviderEvent[] = [];
    for (const chunk of chunks) reader.read(chunk, events);
    expect(events).toEqual([{ type: 'text-delta', text: '<think>hm</think>yes' }]);
  });

  it('tells of text that was reasoning only when the text was taken already (G01)', () => {
    const chunks = [delta({ content: 'hm\n' }), delta({ content: '</think>\nyes' }), end('stop')];
    expect(readAll(chunks)[0]).toEqual({ type: 'reasoning-delta', text: 'hm' });
    const reader = createChunkReader();
    reader.read(chunks[0], []);
    const later: ProviderEvent[] = [];
    reader.read(chunks[1], later);
    expect(later).toEqual([{ type: 'text-was-reasoning' }, { type: 'text-delta', text: 'yes' }]);
  });

  it.each([
    ['message', { message: { role: 'assistant', content: 'yes' } }],
    ['message beside an empty delta', { delta: { content: '' }, message: { content: 'yes' } }],
    ['text', { text: 'yes' }],
    ['message with pieces', { message: { content: [{ type: 'text', text: 'yes' }] } }],
    ['piece', { delta: { content: { type: 'text', text: 'yes' } } }],
  ])('reads text that is in a %s (G21)', (_where, choice) => {
    const events = readAll([{ choices: [{ ...choice, finish_reason: 'stop' }] }]);
    expect(events).toEqual([
      { type: 'text-delta', text: 'yes' },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it.each([{}, { delta: {} }])(
    'reads the calls of a message after the deltas of the text, %j (G08)',
    (rest) => {
      const call = { id: 'a', function: { name: 'time', arguments: '{}' } };
      const whole = { ...rest, message: { content: 'yes', tool_calls: [call] }, finish_reason: 'stop' };
      expect(readAll([delta({ content: 'yes' }), { choices: [whole] }])).toEqual([
        { type: 'text-delta', text: 'yes' },
        { type: 'tool-call-started', callId: 'a', name: 'time' },
        { type: 'tool-call-delta', callId: 'a', text: '{}' },
        { type: 'finished', reason: 'tool' },
      ]);
    },
  );

  it('ignores a message that repeats the answer at the end (G21)', () => {
    const whole = { message: { content: 'yes' }, delta: {}, finish_reason: 'stop' };
    expect(readAll([delta({ content: 'yes' }), { choices: [whole] }])[0]).toEqual({
      type: 'text-delta',
      text: 'yes',
    });
  });

  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['STOP', 'stop'],
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['maxTokens', 'length'],
    ['max-output-tokens', 'length'],
    ['model_length', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['FinishReason.MAX_TOKENS', 'length'],
    ['function_call', 'tool'],
    ['TOOL_USE', 'tool'],
    ['content_filter', 'blocked'],
    ['SAFETY', 'blocked'],
    ['FINISH_REASON_RECITATION', 'blocked'],
    ['guardrail_intervened', 'blocked'],
  ])('takes the finish reason %s for %s (G12)', (word, reason) => {
    expect(readAll([end(word)])).toEqual([{ type: 'finished', reason }]);
  });

  it.each([
    ['', 'no-finish-reason'],
    ['abort', 'no-finish-reason'],
    ['USER_CANCELLED', 'no-finish-reason'],
    ['error', 'failed'],
    ['MALFORMED_FUNCTION_CALL', 'failed'],
    ['insufficient_system_resource', 'overloaded'],
  ])('never takes the finish reason "%s" for an answer (G12)', (word, why) => {
    expect(readAll([delta({ content: 'half' }), end(word)]).at(-1)).toBe(why);
  });

  it('takes an unknown finish reason for stop, with a remark that has no other text of the upstream (G12)', () => {
    const remarks = ['new_word', 'you said: hello'].map((word) => readAll([end(word)]));
    expect(remarks).toEqual([
      [
        {
          type: 'finished',
          reason: 'stop',
          remark: 'the finish reason new_word is unknown; it counts as stop',
        },
      ],
      [
        {
          type: 'finished',
          reason: 'stop',
          remark: 'the finish reason of the upstream is unknown; it counts as stop',
        },
      ],
    ]);
  });

  it('takes content without a finish reason for complete when the upstream says so, with a remark (G16)', () => {
    expect(readAll([delta({ content: 'yes' })], 'done').at(-1)).toEqual({
      type: 'finished',
      reason: 'stop',
      remark: 'the upstream sent [DONE] without a finish reason; the answer counts as complete',
    });
    expect(readAll([delta({ content: '' })], 'done')).toEqual(['no-finish-reason']);
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
