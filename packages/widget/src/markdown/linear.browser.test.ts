/** The work for a text is proportional to its length, for the whole grammar, at once and streamed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNames } from './rare/character-reference.ts';
import { loadRare } from './inline/rare.ts';
import { MarkdownView, mathWith, type MarkdownOptions } from './index.ts';
import { endCounting, growthOf, startCounting } from './testing/counted-work.ts';
import { LINEAR_CASES } from './testing/linear-cases.ts';

const OPTIONS: MarkdownOptions = { dialect: 'chat', math: mathWith(() => undefined) };
const PIECE_CHARS = 1_000;
/** Steps per character that are always acceptable. */
const FEW_STEPS = 1;

beforeAll(async () => {
  await Promise.all([loadNames(), loadRare()]);
  await startCounting();
});
afterAll(endCounting);

/** Elements that `dir="auto"` makes the browser visit for each one that is added. */
function visitedForDirection(target: HTMLElement): number {
  const autos = [target, ...target.querySelectorAll<HTMLElement>('[dir=auto]')].filter(
    ({ dir }) => dir === 'auto',
  );
  return Math.max(0, ...autos.map((element) => element.childElementCount));
}

function read(text: string, pieceChars: number): HTMLElement {
  const target = document.createElement('div');
  const view = new MarkdownView(target, OPTIONS);
  for (let end = pieceChars; end < text.length; end += pieceChars)
    view.update(text.slice(0, end), 'streaming');
  view.update(text, 'complete');
  return target;
}

test.for(LINEAR_CASES)(
  'twice as much costs twice the work, at once and streamed: %s',
  async ([, markdown]) => {
    for (const pieceChars of [markdown.length, PIECE_CHARS]) {
      const { work, bound } = await growthOf((text) => void read(text, pieceChars), markdown, FEW_STEPS);
      expect(work).toBeGreaterThan(0);
      expect(work).toBeLessThan(bound);
    }
    expect(visitedForDirection(read(markdown, markdown.length))).toBeLessThan(300);
  },
);
