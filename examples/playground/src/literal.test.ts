/** Text that a user types is a string in the snippet, never code or markup. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { htmlAttribute, jsxAttribute, literal } from './literal.ts';

/** Texts that could end a string, an attribute, a script element or a line. */
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

/** Evaluates the source as a script. The result is transferred as JSON, because it belongs to another realm. */
const evaluated = (source: string): unknown =>
  JSON.parse(runInNewContext(`JSON.stringify(${source})`) as string);

describe.each(HOSTILE)('the text %j', (text) => {
  it('is unchanged when its literal is evaluated', () => {
    expect(evaluated(literal(text))).toBe(text);
    expect(evaluated(literal({ header: { title: text }, start: { prompts: [text, text] } }))).toEqual({
      header: { title: text },
      start: { prompts: [text, text] },
    });
  });

  it('does not contain the start of a tag or a line break as a literal', () => {
    expect(literal(text)).not.toMatch(/<|[\n\r\u2028\u2029]/);
  });

  it('does not end its attribute', () => {
    expect(htmlAttribute(text).slice(1, -1)).not.toMatch(/["<]/);
    expect(jsxAttribute(text)).toMatch(/^("[^"&{}<>\\\r\n]*"|\{'.*'\})$/);
  });
});

it('escapes quotes, ampersands and less-than signs in an HTML attribute', () => {
  expect(htmlAttribute('a "b" & <c>')).toBe('"a &quot;b&quot; &amp; &lt;c>"');
});

it('writes numbers and booleans unquoted, and quotes keys that are not identifiers', () => {
  expect(literal({ maxFiles: 3, isEnabled: false })).toBe('{ maxFiles: 3, isEnabled: false }');
  expect(literal({ 'offset-inline': '8px' })).toBe("{ 'offset-inline': '8px' }");
});

it('breaks a literal that does not fit on a line', () => {
  const text = literal({ start: { greeting: 'a'.repeat(40), detail: 'b'.repeat(40) } });
  expect(text).toBe(
    `{\n  start: {\n    greeting: '${'a'.repeat(40)}',\n    detail: '${'b'.repeat(40)}',\n  },\n}`,
  );
});
