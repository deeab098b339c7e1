import { describe, expect, it } from 'vitest';
import { isBlank, isBlankText, type UserPart } from './message.ts';

const text = (words: string): UserPart => ({ type: 'text', text: words });
const file: UserPart = { type: 'file', fileId: 'f', name: 'a.png', mediaType: 'image/png', sizeBytes: 1 };

describe('a text is blank', () => {
  it.each([
    ['when it is empty', ''],
    ['when it has only spaces, of any kind', ' \n\t\u00a0\u2003\u3000'],
    ['when it has only zero-width characters', '\u200b\u200c\u200d\u2060\ufeff'],
    ['when it has only controls', '\0\u001b\u007f\u0085'],
    ['when it has only direction marks', '\u200e\u200f\u202a\u202e\u2066\u2069\u061c'],
    [
      'when it has only fillers, selectors and tags',
      '\u115f\u3164\uffa0\u2800\ufe0f\u{e0061}\u{e0100}\u00ad\u034f',
    ],
  ])('%s', (_, words) => {
    expect(isBlankText(words)).toBe(true);
    expect(isBlank([text(words), text(words)])).toBe(true);
  });
});

describe('a text is not blank', () => {
  it.each(['a', '.', '0', '🏴', '👍\u{1f3fd}', '❤️', 'ا', 'ක්\u200d', '\u0301', '\ud83d', '\u200b-'])(
    '%j',
    (words) => {
      expect(isBlankText(words)).toBe(false);
      expect(isBlank([text(' '), text(words)])).toBe(false);
    },
  );
});

describe('a message', () => {
  it('of a file or of data alone has content, and one without parts has none', () => {
    expect(isBlank([file])).toBe(false);
    expect(isBlank([text('\u200b'), file])).toBe(false);
    expect(isBlank([{ type: 'data', name: 'form-answer', value: {} }])).toBe(false);
    expect(isBlank([])).toBe(true);
  });
});
