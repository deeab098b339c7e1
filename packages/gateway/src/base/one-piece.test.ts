import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { asOnePiece } from './one-piece.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // the flag defines it in new contexts

/** The memory that texts take which were joined of pieces with four characters each. */
const bytesOf = (count: number, finish: (text: string) => string): number => {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const texts = Array.from({ length: count }, (_, index) => {
    let text = '';
    for (let piece = 0; piece < 1_000; piece += 1) text += String(1_000 + ((piece + index) % 9_000));
    return finish(text);
  });
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) * Math.sign(texts.length);
};

it('makes a text of many pieces as small as its characters, also when the code is optimised', () => {
  bytesOf(2_000, asOnePiece);
  const chars = 250 * 4_000;
  expect(bytesOf(250, (text) => text)).toBeGreaterThan(chars * 4);
  expect(bytesOf(250, asOnePiece)).toBeLessThan(chars * 2);
});

it('returns the text, also an empty one', () => {
  expect(['', 'a', '👋'].map(asOnePiece)).toEqual(['', 'a', '👋']);
});
