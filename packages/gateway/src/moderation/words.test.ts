import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeModerator } from '../testing/contracts/moderator-contract.ts';
import { createWordModerator } from './words.ts';

describeModerator('words', () => ({
  moderator: createWordModerator({ words: ['forbidden phrase', 'other'] }),
  blocked: 'Forbidden  PHRASE',
  settle: () => Promise.resolve(),
  dispose: () => Promise.resolve(),
}));

/** Moderates a text in pieces. @returns the entry that was found, and how much was passed before the end and in all */
const scan = (words: readonly string[], pieces: readonly string[]) => {
  const seen = { category: undefined as string | undefined, before: 0, passed: 0 };
  const listener = {
    passed: (chars: number) => void (seen.passed = chars),
    blocked: (category: string) => void (seen.category = category),
    failed: () => void (seen.category = 'failed'),
  };
  const subject = { kind: 'answer', siteId: 'demo' } as const;
  const text = createWordModerator({ words }).open(subject, listener, new AbortController().signal);
  for (const piece of pieces) text.push(piece);
  seen.before = seen.passed;
  text.end();
  return seen;
};

describe('a word list', () => {
  it.each([
    ['bad', 'so BAD!', 'case'],
    ['straße', 'die STRASSE hier', 'letters that are two in upper case'],
    ['café', 'the cafe\u0301 there', 'marks'],
    ['bad', 'ｂａｄ', 'compatibility forms'],
    ['bad', 'b\u00ada\u200bd', 'characters that are not drawn'],
    ['bad', 'b\u0001a\u0085d', 'controls'],
    ['kill all', 'kill \n\t all', 'white space'],
    ['ban*', 'the bans', 'the rest of a word behind a star'],
    ['*ban', 'urban', 'the rest of a word before a star'],
    ['京都', '私は京都に住む', 'words without spaces'],
    ['毒品', '他卖毒品吗', 'words in Chinese'],
    ['รัก', 'ฉันรักคุณ', 'words in Thai'],
    ['bad', '日本bad語', 'a word beside another script'],
    ['aab', 'x aab', 'beginnings that overlap'],
    ['나쁜', '나쁜 말', 'Korean'],
  ])('finds %s in %j: %s', (word, text) => {
    expect(scan([word], [text]).category).toBe('entry 1');
    expect(scan([word], Array.from(text)).category).toBe('entry 1');
  });

  it.each([
    ['ass', 'class assess'],
    ['京都', '東京都に住む'],
    ['가', '각각'],
    ['ban*', 'urban'],
    ['bad', 'bad_word'],
  ])('does not find %s in %j, where it is no whole word', (word, text) => {
    expect(scan([word], [text])).toEqual({
      category: undefined,
      before: expect.any(Number) as number,
      passed: text.length,
    });
  });

  it('holds back only what may become a match', () => {
    expect(scan(['bad word'], ['Not a ba']).before).toBe(6);
    expect(scan(['bad word'], ['Not a bag']).before).toBe(9);
    expect(scan(['bad word'], ['Not bbad']).before).toBe(8);
  });

  it('finds the same and passes all of what it does not block, wherever a text is cut', () => {
    const letters = fc.constantFrom(
      'a',
      'b',
      'B',
      ' ',
      'ä',
      '京',
      '都',
      '東',
      '\u200d',
      '\u0301',
      '😀',
      '.',
      '가',
      'ß',
    );
    const texts = fc.array(letters, { maxLength: 40 }).map((all) => all.join(''));
    const words = fc.array(
      texts.filter((text) => /[a-zß京都東가]/i.test(text)),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(words, texts, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (list, text, sizes) => {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += pieces.at(-1)?.length ?? 1)
          pieces.push(text.slice(at, at + (sizes.next().value as number)));
        const [whole, inPieces] = [scan(list, [text]), scan(list, pieces)];
        expect(inPieces.category === undefined).toBe(whole.category === undefined);
        if (whole.category === undefined)
          expect([whole.passed, inPieces.passed]).toEqual([text.length, text.length]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time in proportion to the text, also for one that is all beginnings', () => {
    const words = Array.from({ length: 200 }, (_, index) => `${'a'.repeat(index)}b`);
    const startedMs = performance.now();
    expect(scan(words, ['a'.repeat(1_000_000)]).category).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(20_000); // 0.8 s on a desk; quadratic time would be hours
  });

  it.each([
    [[]],
    [['']],
    [['*']],
    [['\u200b']],
    [['x'.repeat(201)]],
    [Array.from({ length: 10_001 }, () => 'x')],
  ])('is refused when it cannot be used', (words) => {
    expect(() => createWordModerator({ words })).toThrow(TypeError);
  });
});
