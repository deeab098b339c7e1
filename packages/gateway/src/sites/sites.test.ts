import { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { createSites } from './sites.ts';

const allows = (origins: string[], origin: string | undefined, host = 'chat.example:8787') =>
  createSites([{ id: 'shop', origins }]).allowsSomewhere({ origin, host });

describe('the allowed origins of a site', () => {
  it.each([
    ['self', 'http://chat.example:8787', true],
    ['self', 'http://chat.example', false],
    ['localhost', 'http://localhost:3000', true],
    ['localhost', 'http://127.0.0.1:5173', true],
    ['localhost', 'http://localhost.evil.example', false],
    ['localhost', 'null', false],
    ['https://shop.example', 'https://shop.example', true],
    ['https://shop.example', 'http://shop.example', false],
    ['https://shop.example', 'https://shop.example.evil.example', false],
    ['*', 'https://anywhere.example', true],
  ])('%s and the origin %s: %s', (allowed, origin, isAllowed) => {
    expect(allows([allowed], origin)).toBe(isAllowed);
  });

  it('do not apply to a client that sends no Origin header', () => {
    expect(allows(['https://shop.example'], undefined)).toBe(true);
  });
});

it('finding a site with an unknown id is an error', () => {
  expect(() => createSites([]).find('shop')).toThrow(ChatError);
});
