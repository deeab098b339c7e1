import { describe, expect, it } from 'vitest';
import { createWholeCharacters } from './whole-characters.ts';

const pushAll = (pieces: readonly string[]): string[] => {
  const characters = createWholeCharacters();
  return [...pieces.map((piece) => characters.push(piece)), characters.end()];
};

describe('whole characters', () => {
  it('passes text with whole pairs unchanged', () => {
    expect(pushAll(['Hello 😀', ' and 👍'])).toEqual(['Hello 😀', ' and 👍', '']);
  });

  it('holds a first half back until the other comes', () => {
    expect(pushAll(['a\ud83d', '\ude00b'])).toEqual(['a', '😀b', '']);
  });

  it('replaces lone surrogates, as UTF-8 encoders do', () => {
    expect(pushAll(['a\ud83d', 'b', '\ude00', 'c\ud83d'])).toEqual(['a', '\uFFFDb', '\uFFFD', 'c', '\uFFFD']);
  });

  it('returns the same text wherever it is cut', () => {
    const text = '😀a👍🏽b\u200d👩‍🚀';
    for (let at = 0; at <= text.length; at += 1) {
      expect(pushAll([text.slice(0, at), text.slice(at)]).join('')).toBe(text);
    }
  });

  it('returns text that JSON and UTF-8 can carry, for any input', () => {
    const pieces = ['\udc00', '\ud800\ud800', '\udc00\udc00', '', '\ud800'];
    const whole = pushAll(pieces).join('');
    expect(Buffer.from(whole, 'utf8').toString('utf8')).toBe(whole);
    expect(whole).toHaveLength(6); // one pair, four replacements
  });
});
