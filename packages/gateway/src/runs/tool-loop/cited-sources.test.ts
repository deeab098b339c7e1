import type { Part } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { citedIn } from './cited-sources.ts';

const citable = [1, 2, 3].map((number) => ({
  number,
  title: `Page ${number}`,
  url: `https://shop.example/${number}`,
  excerpt: 'x',
}));
const text = (value: string): Part => ({ type: 'text', text: value });
const read = (...values: string[]) => {
  const { sources, parts } = citedIn(values.map(text), citable);
  const shown = (parts ?? values.map(text)).map((part) => (part.type === 'text' ? part.text : ''));
  return { titles: sources.map(({ title }) => title), shown };
};

describe('the citations of an answer', () => {
  it('show only what is cited, counted anew, and each source once', () => {
    expect(read('Free [3]. Two days [1], also [3].')).toEqual({
      titles: ['Page 3', 'Page 1'],
      shown: ['Free [1]. Two days [2], also [1].'],
    });
  });

  it('that are right as they are change no text', () => {
    expect(citedIn([text('Free [1][2].')], citable)).toMatchObject({ parts: undefined, sources: [{}, {}] });
  });

  it.each([
    ['Two [2, 3].', 'Two [1][2].'],
    ['Two 【2】 and 【3†source】.', 'Two [1] and [2].'],
  ])('are read as models write them: %s', (written, shown) => {
    expect(read(written)).toEqual({ titles: ['Page 2', 'Page 3'], shown: [shown] });
  });

  it.each([
    'See [9].',
    'A link [2](https://a.example).',
    'Code `a[2]`.',
    '```\nb[2]\n```',
    'Both [2, 9].',
    'None.',
  ])('are none in %j', (written) => {
    expect(read(written)).toEqual({ titles: [], shown: [written] });
  });

  it('are counted through all texts, after the sources of the upstream', () => {
    const parts: Part[] = [
      { type: 'source', sourceId: 'a', title: 'Web' },
      text('One [2].'),
      text('Two [2][1].'),
    ];
    expect(citedIn(parts, citable)).toMatchObject({
      sources: [{ title: 'Page 2' }, { title: 'Page 1' }],
      parts: [parts[0], { text: 'One [2].' }, { text: 'Two [2][3].' }],
    });
  });
});
