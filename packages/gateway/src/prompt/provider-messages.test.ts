import type { Part, ToolPart } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { messagesOf } from './provider-messages.ts';

const tool = (more: Partial<ToolPart> = {}): ToolPart => ({
  type: 'tool',
  callId: 'c1',
  name: 'weather',
  state: 'finished',
  inputText: '{"city":"Oslo"}',
  input: { city: 'Oslo' },
  output: 'clear',
  ...more,
});
const text = (value: string): Part => ({ type: 'text', text: value });
const answer = (...parts: Part[]) => messagesOf({ role: 'assistant', parts });
const resultOf = (part: ToolPart) => JSON.parse(answer(part).at(-1)?.text ?? '') as unknown;

describe('an earlier answer in the context of the model', () => {
  it('is its text, without reasoning and sources', () => {
    const source: Part = { type: 'source', sourceId: 's', title: 'S' };
    expect(answer({ type: 'reasoning', text: 'hm' }, text('One.'), source, text('Two.'))).toEqual([
      { role: 'assistant', text: 'One.\n\nTwo.' },
    ]);
    expect(answer({ type: 'reasoning', text: 'hm' })).toEqual([]);
  });

  it('is split into rounds at its tool calls: text and calls, their outputs, then the text after them', () => {
    const parts = [text('Look:'), tool(), tool({ callId: 'c2', output: 'rain' }), text('Done.')];
    expect(answer(...parts).map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool', 'assistant']);
    expect(answer(...parts)[0]).toMatchObject({ text: 'Look:', calls: [{ callId: 'c1' }, { callId: 'c2' }] });
  });

  it.each([
    ['refused', tool({ state: 'refused' }), { error: 'The user refused this call.' }],
    ['not finished', tool({ state: 'approval-requested' }), { error: 'This call was never finished.' }],
    ['without an output', tool({ output: undefined }), null],
  ])('contains the result of a call that was %s', (_case, part, result) => {
    expect(resultOf(part)).toEqual(result);
  });

  it('says that the visitor changed the input, and keeps the input of the model', () => {
    const changed = tool({ input: { city: 'Rome' } });
    expect(answer(changed)[0]).toMatchObject({ calls: [{ input: '{"city":"Oslo"}' }] });
    expect(resultOf(changed)).toMatchObject({ input: { city: 'Rome' }, output: 'clear' });
  });

  it('replaces an input that is not JSON, for which upstreams reject the request', () => {
    expect(answer(tool({ inputText: '{"city":' }))[0]).toMatchObject({ calls: [{ input: '{}' }] });
  });
});

describe('a question in the context of the model', () => {
  it('is its text, its form values and its files', () => {
    const file = { fileId: 'f_1', name: 'a.png', mediaType: 'image/png', sizeBytes: 3 };
    const parts: Part[] = [
      { type: 'file', ...file, url: 'x' },
      text('Look'),
      { type: 'data', name: 'form-answer', value: { values: { size: 'M' } } },
    ];
    expect(messagesOf({ role: 'user', parts })).toEqual([
      { role: 'user', text: 'Look\n\nform-answer: {"values":{"size":"M"}}', files: [file] },
    ]);
  });
});
