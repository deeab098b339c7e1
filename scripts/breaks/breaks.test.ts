/** Checks that the quoted code and test titles still exist, so that the list stays correct between runs of `npm run test:breaks`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patternOf, withEdits, type Break, type TestName } from './break.ts';
import { generate } from './generate.ts';
import { INVARIANTS } from './invariants.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const breaks = INVARIANTS.flatMap((invariant) => invariant.breaks);
const tests = INVARIANTS.flatMap(({ alsoProvedBy = [] }) => alsoProvedBy).concat(
  breaks.map(({ caughtBy }) => caughtBy),
);

/** The number of times that the title occurs in its file as a quoted string. */
function countOf({ file, writtenIn, title }: TestName): number {
  const text = read(writtenIn ?? file).replaceAll("\\'", "'");
  return ["'", '"', '`'].reduce(
    (count, quote) => count + text.split(`${quote}${title}${quote}`).length - 1,
    0,
  );
}

describe('the list of breaks', () => {
  it('has at least two breaks for every invariant', () => {
    expect(INVARIANTS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { statement, breaks: own } of INVARIANTS)
      expect(own.length, statement).toBeGreaterThanOrEqual(2);
  });

  it('has a different description for every break', () => {
    expect(new Set(breaks.map(({ description }) => description)).size).toBe(breaks.length);
  });

  it.each(breaks.map((each): [string, Break] => [each.description, each]))(
    'the text to replace occurs once: %s',
    (_description, { file, edits }) => {
      const text = read(file);
      expect(withEdits(text, edits)).not.toBe(text);
    },
  );

  it('names tests that exist, each exactly once in its file', () => {
    const wrong = tests.filter((test) => countOf(test) !== 1).map(({ file, title }) => `${file}: ${title}`);
    expect(wrong).toEqual([]);
  });

  it('is in PROTOCOL.md §17 (run node scripts/generate.mjs)', async () => {
    expect(Object.values(await generate())).toEqual([read('PROTOCOL.md')]);
  });
});

describe('patternOf', () => {
  it.each([
    ['folds (%i) of %s', 'folds (3) of a+b', true],
    ['folds (%i) of %s', 'folds 3 of a+b', false],
    ['keeps ${ROUNDS} of $name.', 'keeps 5 of them.', true],
    ['keeps ${ROUNDS} of $name.', 'keeps 5 of them!', false],
  ])('for the title "%s" and the printed title "%s" is %s', (title, printed, isMatch) => {
    expect(new RegExp(`^${patternOf({ file: '', title })}$`).test(printed)).toBe(isMatch);
  });
});
