import { describe, expect, it } from 'vitest';
import { mergeFields } from './merge-fields.ts';

const merge = (...pieces: Record<string, unknown>[]) => pieces.reduce(mergeFields, {});

describe('the pieces of a field', () => {
  it('are merged as objects; the later value counts, and nothing is replaced by nothing', () => {
    const first = { google: { thought_signature: 'c2ln', a: 1 } };
    expect(
      merge({ extra: first }, { extra: { google: { a: 2, thought_signature: '' } }, more: null }),
    ).toEqual({
      extra: { google: { thought_signature: 'c2ln', a: 2 } },
    });
  });

  const text = (value: string, rest: object = {}) => ({
    type: 'reasoning.text',
    text: value,
    index: 0,
    ...rest,
  });
  it.each<[string, object[], object[]]>([
    [
      'grow by their texts',
      [text('Let '), text('me'), text('', { signature: 's' })],
      [text('Let me', { signature: 's' })],
    ],
    ['take the text so far', [text('Let'), text('Let me')], [text('Let me')]],
    [
      'end with a signature',
      [text('a', { signature: 's' }), text('b')],
      [text('a', { signature: 's' }), text('b')],
    ],
    [
      'are apart by index',
      [text('a'), text('b', { index: 1 }), text('c')],
      [text('ac'), text('b', { index: 1 })],
    ],
    [
      'that are encrypted are whole, and kept once',
      [
        { type: 'reasoning.encrypted', data: 'x' },
        { type: 'reasoning.encrypted', data: 'y' },
        { type: 'reasoning.encrypted', data: 'y' },
      ],
      [
        { type: 'reasoning.encrypted', data: 'x' },
        { type: 'reasoning.encrypted', data: 'y' },
      ],
    ],
    ['may be anything', [[1] as object, 'x' as unknown as object], [[1], 'x'] as object[]],
  ])('that are items of a list %s', (_case, items, list) => {
    expect(merge(...items.map((item) => ({ reasoning_details: [item] })))).toEqual({
      reasoning_details: list,
    });
  });
});
