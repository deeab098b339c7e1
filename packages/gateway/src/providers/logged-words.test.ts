import { describe, expect, it } from 'vitest';
import { hideSecrets } from './logged-words.ts';

describe('the error text of an upstream in the log', () => {
  it('keeps the words of the upstream, in one line', () => {
    expect(hideSecrets('The model `x`\n does not exist.', {})).toBe('The model `x` does not exist.');
  });

  it.each([
    ['the key itself', 'key my-own-key-1 is wrong', 'key [key] is wrong'],
    ['a masked key', 'Incorrect API key provided: sk-abc***xyz9.', 'Incorrect API key provided: [key]'],
    ['a bearer token', 'got Bearer abc.def-123', 'got [key]'],
    ['a long random string', 'project 0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d', 'project [key]'],
    ['an image', 'Invalid url data:image/png;base64,iVBORw0KGgo= here', 'Invalid url [key] here'],
  ])('hides %s', (_case, words, logged) => {
    expect(hideSecrets(words, { keys: ['none', 'my-own-key-1'] })).toBe(logged);
  });

  it('hides what it quotes of the request, wherever the quote begins', () => {
    const texts = () => ['Hello.', 'My number is 12 34 56,\nand I live in Bergen.'];
    for (const before of ['', 'a', 'Invalid: ', 'The value of messages[0] is wrong: '])
      expect(hideSecrets(`${before}"number is 12 34 56, and I live" is bad`, { texts })).toBe(
        `${before}"[request]" is bad`,
      );
  });

  it('keeps words that the request has too when they are few', () => {
    expect(hideSecrets('The model does not exist.', { texts: () => ['which model is it?'] })).toBe(
      'The model does not exist.',
    );
  });

  it('is cut to 500 characters', () => {
    expect(hideSecrets('too long '.repeat(1_000), {})).toHaveLength(501);
  });
});
