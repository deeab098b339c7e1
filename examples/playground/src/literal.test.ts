/** Whatever a person types is a word of the snippet, never code or markup. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { htmlAttribute, jsxAttribute, literal } from './literal.ts';

/** Words that would end a string, an attribute, a script or a line. */
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  `It's "quoted" \`thrice\``,
  '\\',
  '\\" + alert(1) + "',
  "\\' + alert(1) + '",
  '${alert(1)}',
  'two\nlines\r\nand\ttabs',
  '\u2028\u2029\u0000',
  '&quot; &amp; &lt;',
  '{alert(1)}',
  '😀 مرحبا',
];

/** What a script that holds this text makes of it; in another realm, so by its JSON. */
const evaluated = (source: string): unknown =>
  JSON.parse(runInNewContext(`JSON.stringify(${source})`) as string);

describe.each(HOSTILE)('the word %j', (word) => {
  it('is itself again as a literal', () => {
    expect(evaluated(literal(word))).toBe(word);
    expect(evaluated(literal({ header: { title: word }, start: { prompts: [word, word] } }))).toEqual({
      header: { title: word },
      start: { prompts: [word, word] },
    });
  });

  it('neither ends nor opens a script element, nor a line', () => {
    expect(literal(word)).not.toMatch(/<|[\n\r\u2028\u2029]/);
  });

  it('does not leave its attribute', () => {
    expect(htmlAttribute(word).slice(1, -1)).not.toMatch(/["<]/);
    expect(jsxAttribute(word)).toMatch(/^("[^"&{}<>\\\r\n]*"|\{'.*'\})$/);
  });
});

it('is the attribute that it was, once a browser has read it', () => {
  expect(htmlAttribute('a "b" & <c>')).toBe('"a &quot;b&quot; &amp; &lt;c>"');
});

it('writes numbers, switches and names as they are, and quotes names that are none', () => {
  expect(literal({ maxFiles: 3, isEnabled: false })).toBe('{ maxFiles: 3, isEnabled: false }');
  expect(literal({ 'offset-inline': '8px' })).toBe("{ 'offset-inline': '8px' }");
});

it('breaks what does not fit on a line', () => {
  const text = literal({ start: { greeting: 'a'.repeat(40), detail: 'b'.repeat(40) } });
  expect(text).toBe(
    `{\n  start: {\n    greeting: '${'a'.repeat(40)}',\n    detail: '${'b'.repeat(40)}',\n  },\n}`,
  );
});
