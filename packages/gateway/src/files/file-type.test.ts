import { describe, expect, it } from 'vitest';
import { checkedContent, isOfType, readMediaType } from './file-type.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const PNG = '\x89PNG\r\n\x1a\n....';

describe('a declared type', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', '\xff\xd8\xff\xe0'],
    ['image/gif', 'GIF89a'],
    ['image/webp', 'RIFF\x01\x02\x03\x04WEBPVP8 '],
    ['application/pdf', '%PDF-1.7'],
    ['text/plain', 'plain words'],
    ['text/plain', ''],
    ['application/zip', 'anything'],
  ])('%s holds for %j', (mediaType, head) => {
    expect(isOfType(mediaType, bytes(head))).toBe(true);
  });

  it.each([
    ['image/png', '<svg onload=alert(1)>'],
    ['image/png', ''],
    ['image/jpeg', PNG],
    ['application/pdf', '<html>%PDF-1.7'],
    ['text/plain', PNG],
    ['text/csv', 'a,b\0c'],
    ['application/json', '%PDF-1.7'],
  ])('%s does not hold for %j', (mediaType, head) => {
    expect(isOfType(mediaType, bytes(head))).toBe(false);
  });

  it('is checked across pieces of one byte, and the bytes are passed on unchanged', async () => {
    const whole = bytes(PNG.repeat(100));
    const content = async function* () {
      for (const byte of whole) yield await Promise.resolve(Buffer.from([byte]));
    };
    const seen: Uint8Array[] = [];
    for await (const piece of checkedContent(content(), 'image/png')) seen.push(piece);
    expect(Buffer.concat(seen).equals(whole)).toBe(true);
  });

  it.each([
    ['Text/Plain; charset=utf-8', 'text/plain'],
    ['image/svg+xml', 'image/svg+xml'],
    ['image', undefined],
    ['image/png, text/html', undefined],
    ['', undefined],
  ])('is read from %j', (header, mediaType) => {
    expect(readMediaType(header)).toBe(mediaType);
  });
});
