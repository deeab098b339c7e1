import { describe, expect, it } from 'vitest';
import { createFileLinks } from './file-link.ts';

const links = createFileLinks('a secret for tests, 32 bytes long');
const queryOf = (url: string) => Object.fromEntries(new URL(url, 'http://x/').searchParams);
const { url, expiresAtMs } = links.linkTo('f_12345678', 1_000);
const { expires, signature } = queryOf(url);

describe('the signed URL of a file', () => {
  it('gives access to that file until it expires', () => {
    expect(url).toMatch(/^v1\/files\/f_12345678\?/);
    expect(links.isValid('f_12345678', { expires, signature }, expiresAtMs)).toBe(true);
    expect(links.isValid('f_12345678', { expires, signature }, expiresAtMs + 1)).toBe(false);
  });

  it.each([
    ['another file', 'f_12345679', { expires, signature }],
    ['a later time', 'f_12345678', { expires: `${Number(expires) + 1}`, signature }],
    ['a shorter signature', 'f_12345678', { expires, signature: signature?.slice(1) }],
    ['another signature', 'f_12345678', { expires, signature: 'A'.repeat(43) }],
    ['two of each', 'f_12345678', { expires: [expires], signature: [signature] }],
    ['none', 'f_12345678', { expires: undefined, signature: undefined }],
  ])('does not open with %s', (_case, id, query) => {
    expect(links.isValid(id, { expires: query.expires, signature: query.signature }, 1_000)).toBe(false);
  });

  it('is not valid under another secret', () => {
    const others = createFileLinks('another secret for tests, 32 bytes');
    expect(others.isValid('f_12345678', { expires, signature }, 1_000)).toBe(false);
  });
});
