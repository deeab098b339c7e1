// The answer that every widget receives: Markdown as models often write it, in deltas of four characters.

/** The end of the answer. When it is rendered, the answer is complete. */
export const END_MARK = 'The very last words.';

const PASSAGE = `## A heading with \`code\`

Some *words* in a **paragraph** that goes on for a while, as answers do, with a [link](https://example.com/a) in it
and a second line that ends it, so that it has about the length that models like to write.

1. First a step that says **what** to do.
2. Then another one, a little longer than the first, with \`code\` in it.
   - and a detail

| name | value | note |
| :--- | ----: | --- |
| one | 1 | the first |
| two | 2 | **the second** |

\`\`\`ts
export function add(a: number, b: number): number {
  return a + b;
}
\`\`\`

> A quotation of *one* line.

`;

/**
 * Creates the deltas of an answer.
 * @param {number} chars the length of the answer in characters, without the end mark
 * @returns {string[]}
 */
export function deltasOf(chars) {
  const text = `${PASSAGE.repeat(Math.ceil(chars / PASSAGE.length)).slice(0, chars)}\n\n${END_MARK}`;
  return text.match(/[^]{1,4}/g) ?? [];
}
