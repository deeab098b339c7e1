/** The list of breaks against the tree: nothing in it may rot between two runs of `npm run test:breaks`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patternOf, withEdits, type Break, type TestName } from './break.ts';
import { generate } from './generate.ts';
import { INVARIANTS } from './invariants.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const breaks = INVARIANTS.flatMap((invariant) => invariant.breaks);
const tests = INVARIANTS.flatMap(({ alsoProvedBy = [] }) => alsoProvedBy).concat(
  breaks.map((one) => one.caughtBy),
);

/** How often the title stands between quotes, as it is written there. */
function countOf({ file, writtenIn, title }: TestName): number {
  const text = read(writtenIn ?? file).replaceAll("\\'", "'");
  return ["'", '"', '`'].reduce(
    (count, quote) => count + text.split(`${quote}${title}${quote}`).length - 1,
    0,
  );
}

describe('the breaks', () => {
  it('are of every invariant, two at least', () => {
    expect(INVARIANTS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { says, breaks: own } of INVARIANTS) expect(own.length, says).toBeGreaterThanOrEqual(2);
  });

  it('say each something else', () => {
    expect(new Set(breaks.map(({ means }) => means)).size).toBe(breaks.length);
  });

  it.each(breaks.map((one): [string, Break] => [one.means, one]))('%s: its text stands once', (_, one) => {
    const text = read(one.file);
    expect(withEdits(text, one.edits)).not.toBe(text);
  });

  it('name tests that are there, each once', () => {
    const wrong = tests.filter((test) => countOf(test) !== 1).map(({ file, title }) => `${file}: ${title}`);
    expect(wrong).toEqual([]);
  });

  it('stand in PROTOCOL.md §17 (run node scripts/generate.mjs)', async () => {
    expect(Object.values(await generate())).toEqual([read('PROTOCOL.md')]);
  });
});

describe('a title', () => {
  it.each([
    ['folds (%i) of %s', 'folds (3) of a+b', true],
    ['folds (%i) of %s', 'folds 3 of a+b', false],
    ['keeps ${ROUNDS} of $name.', 'keeps 5 of them.', true],
    ['keeps ${ROUNDS} of $name.', 'keeps 5 of them!', false],
  ])('%s is found with its placeholders filled in', (title, printed, isFound) => {
    expect(new RegExp(`^${patternOf({ file: '', title })}$`).test(printed)).toBe(isFound);
  });
});
