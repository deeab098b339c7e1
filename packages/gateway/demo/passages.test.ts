import { describe, expect, it } from 'vitest';
import { condense, excerptOf, splitPassages } from './passages.ts';

const split = (markdown: string) => splitPassages({ title: 'Doc', path: 'doc.md', markdown });
const headings = (markdown: string) => split(markdown).map(({ heading }) => heading);

describe('splitting into sections', () => {
  it('splits at headings, and leaves out sections without text', () => {
    expect(headings('# Doc\n\nintro\n\n## Empty\n\n## Full\ntext\n')).toEqual(['Doc', 'Full']);
  });

  it('treats a heading inside a fence as code', () => {
    expect(headings('text\n\n~~~sh\n# not a heading\n\n```\n~~~\n\n## Next\n\nmore')).toEqual([
      'Doc',
      'Next',
    ]);
  });

  it('keeps a fence in one block, blank lines included, closed or not', () => {
    expect(split('a\n```ts\nx\n\ny\n```\nb')[0]?.blocks).toEqual(['a', '```ts\nx\n\ny\n```', 'b']);
    expect(split('```\nx\n\ny')[0]?.blocks).toEqual(['```\nx\n\ny']);
  });

  it('leaves out badges and HTML, and keeps only the text of relative links', () => {
    const markdown =
      '[![ci](x)](y)\n\n<p>logo</p>\n\nSee [the protocol](PROTOCOL.md) and [MDN](https://mdn.dev).';
    expect(split(markdown)[0]?.blocks).toEqual(['See the protocol and [MDN](https://mdn.dev).']);
  });
});

describe('condensing', () => {
  const paragraphs = ['First one.', 'Second, on cats.', 'An example of dogs:', '```\nbark()\n```', 'Last.'];
  const of = (blocks: string[], maxCharacters: number, words: string[] = []) =>
    condense({ blocks }, { maxCharacters, words });

  it('keeps everything that fits', () => {
    expect(of(paragraphs, 500)).toBe(paragraphs.join('\n\n'));
  });

  it('cuts between blocks, and drops an introduction of what was cut off', () => {
    expect(of(paragraphs, 60)).toBe('First one.\n\nSecond, on cats.');
  });

  it('begins at the block with the words of the question, and at its introduction', () => {
    expect(of(paragraphs, 40, ['bark'])).toBe('An example of dogs:\n\n```\nbark()\n```');
  });

  it('cuts a list at its items, a table at its rows, code at its lines, prose at a sentence', () => {
    const item = '- an item of the list\n';
    expect(condense(split(item.repeat(40))[0] ?? { blocks: [] }, { maxCharacters: 60 })).toMatch(
      /^(- an item of the list\n){1,2}- an item of the list$/,
    );
    expect(of(['|a|\n|-|\n|1|\n|2|\n|3|'], 14)).toBe('|a|\n|-|\n|1|');
    expect(of(['```ts\nconst a = 1;\nconst b = 2;\n```'], 22)).toBe('```ts\nconst a = 1;\n```');
    expect(of(['One. Two, which is longer than there is room.'], 20)).toBe('One.');
    expect(of(['words without an end that go on and on'], 20)).toBe('words without an …');
  });
});

describe('an excerpt', () => {
  it('is one line of plain text', () => {
    const [passage] = split('```\ncode\n```\n\nSome **bold** and\n`code`.');
    expect(passage && excerptOf(passage, 100)).toBe('Some bold and code.');
  });
});
