import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeatedJson } from './repeated-json.ts';

const chunk = (content: unknown, more: object = {}) => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...more,
});

/** The values of the texts, each as it is before the next text is parsed. */
function parseAll(texts: readonly string[]): unknown[] {
  const json = createRepeatedJson(1);
  return texts.map((text) => {
    try {
      return structuredClone(json.parse(text));
    } catch (error) {
      return (error as Error).name;
    }
  });
}

function parseEach(texts: readonly string[]): unknown[] {
  return texts.map((text) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      return (error as Error).name;
    }
  });
}

describe('the parser of repeated JSON', () => {
  it.each<[string, string[]]>([
    [
      'contents with escapes',
      ['a', '"', '\\', '\n', '\\"', '\u2028', 'é😀', '\ud800', ''].map((text) => JSON.stringify(chunk(text))),
    ],
    [
      'contents that look like the rest of a chunk',
      ['a', '"}}]}', '","content":"b', '\\","x":"'].map((text) => JSON.stringify(chunk(text))),
    ],
    ['other values than strings', ['a', null, 1, ['b'], 'c'].map((value) => JSON.stringify(chunk(value)))],
    [
      'changes before and after the content',
      [1, 2, 3].flatMap((at) =>
        ['a', 'b'].map((text) => JSON.stringify({ at, ...chunk(text, { end: at }) })),
      ),
    ],
    [
      'a name that ends in the content',
      [
        JSON.stringify({ choices: [{ delta: { 'x"content': 'a', content: 'b' } }] }),
        JSON.stringify({ choices: [{ delta: { 'x"content': 'a', content: 'c' } }] }),
      ],
    ],
    [
      'a content that comes twice',
      ['a', 'b'].map((text) => `{"choices":[{"delta":{"content":"${text}","content":"c"}}]}`),
    ],
    [
      'a content of something else',
      ['a', 'b'].map((text) => JSON.stringify({ content: text, choices: [{ delta: { content: 'c' } }] })),
    ],
    ['spaces', ['a', 'b'].map((text) => JSON.stringify(chunk(text), null, 1).replace(/\n\s*/g, ' '))],
  ])('reads %s as JSON.parse does', (_what, texts) => {
    expect(parseAll(texts)).toEqual(parseEach(texts));
  });

  it.each([
    ['control characters', '\u0001'],
    ['a quote that is not escaped', 'a"b'],
    ['an escape that is cut', 'a\\'],
    ['an unknown escape', '\\x'],
  ])('refuses %s within a content as JSON.parse does', (_what, raw) => {
    const [before = '', after = ''] = JSON.stringify(chunk('#')).split('#');
    const texts = ['a', raw, 'b'].map((content) => before + content + after);
    expect(parseAll(texts)).toEqual(parseEach(texts));
    expect(parseAll(texts)[1]).toBe('SyntaxError');
  });

  it('reads any texts as JSON.parse does', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\\"', '","content":"', '"}}]}', '\\u0041'),
    );
    const text = fc.oneof(
      fc.tuple(piece, fc.integer({ max: 2 })).map(([content, at]) => JSON.stringify(chunk(content, { at }))),
      fc.tuple(piece, piece).map(([a, b]) => JSON.stringify(chunk('#')).replace('#', () => a + b)),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
        expect(parseAll(texts)).toEqual(parseEach(texts));
      }),
    );
  });

  it('uses one value for texts that differ only in the content', () => {
    const json = createRepeatedJson();
    const values = Array.from('123456789', (text) => json.parse(JSON.stringify(chunk(text))));
    expect(new Set(values).size).toBe(9);
    expect(json.parse(JSON.stringify(chunk('c\n')))).toBe(values.at(-1));
  });

  it('makes no more templates after texts that fit none', () => {
    const json = createRepeatedJson();
    for (let at = 0; at < 16; at += 1) json.parse(JSON.stringify(chunk('a', { at })));
    const late = ['a', 'b', 'c'].map((text) => json.parse(JSON.stringify(chunk(text))));
    expect(new Set(late).size).toBe(3);
  });
});
