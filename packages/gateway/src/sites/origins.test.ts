import { describe, expect, it } from 'vitest';
import { createSites } from './sites.ts';
import { readOriginPattern } from './origins.ts';

const allows = (pattern: string, origin: string, host = 'chat.example') =>
  createSites([{ id: 'shop', origins: [pattern] }]).allowsSomewhere({ origin, host });

describe('the origin of an app in a web view', () => {
  it.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'https://tauri.localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'app://obsidian.md',
    'app://.',
    'vscode-webview://0a1b2c',
    'file://',
    'null',
  ])('%s is allowed where it is listed, and nowhere else (G26)', (origin) => {
    expect(allows(origin, origin)).toBe(true);
    expect(allows('https://shop.example', origin)).toBe(false);
    expect(allows('self', origin)).toBe(false);
  });

  it('is compared with its scheme and its host (G26)', () => {
    expect(allows('capacitor://localhost', 'ionic://localhost')).toBe(false);
    expect(allows('chrome-extension://abc', 'chrome-extension://abcd')).toBe(false);
    expect(allows('moz-extension://*', 'moz-extension://6f0b-11')).toBe(true);
    expect(allows('moz-extension://*', 'chrome-extension://abc')).toBe(false);
  });
});

describe('a wildcard', () => {
  it.each([
    ['https://*.example.com', 'https://shop.example.com', true],
    ['https://*.example.com', 'https://SHOP.Example.com', true],
    ['https://*.example.com', 'https://shop.example.com:443', true],
    ['https://*.example.com:443', 'https://shop.example.com', true],
    ['https://*.example.com', 'https://example.com', false],
    ['https://*.example.com', 'https://a.b.example.com', false],
    ['https://*.example.com', 'http://shop.example.com', false],
    ['https://*.example.com', 'https://shop.example.com:8443', false],
    ['https://*.example.com:8443', 'https://shop.example.com:8443', true],
    ['https://*.example.com', 'https://evilexample.com', false],
    ['https://*.example.com', 'https://shop.example.com.evil.example', false],
    ['https://*.münchen.example', 'https://shop.xn--mnchen-3ya.example', true],
    ['http://*.localhost:3000', 'http://shop.localhost:3000', true],
  ])('%s and the origin %s: %s (G27)', (pattern, origin, isAllowed) => {
    expect(allows(pattern, origin)).toBe(isAllowed);
  });
});

describe('default ports, letters and names', () => {
  it.each([
    ['https://shop.example:443', 'https://shop.example'],
    ['http://shop.example', 'http://shop.example:80'],
    ['https://Shop.Example', 'https://shop.example'],
    ['HTTPS://shop.example', 'https://shop.example'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('of %s are those of %s (G27)', (pattern, origin) => {
    expect(allows(pattern, origin)).toBe(true);
  });

  it.each(['chat.example', 'chat.example:443', 'chat.example:80', 'CHAT.example'])(
    'of the own origin are compared with the Host header %s behind a proxy (G27)',
    (host) => {
      expect(allows('self', 'https://chat.example', host)).toBe(true);
      expect(allows('self', 'https://chat.example:8443', host)).toBe(false);
      expect(allows('self', 'https://other.example', host)).toBe(false);
    },
  );
});

it.each([
  ['https://shop.example/', 'slash at its end'],
  ['https://shop.example/chat', 'without a path'],
  ['https://shop.example?x', 'without a path'],
  ['shop.example', 'with its scheme'],
  ['*.shop.example', 'with its scheme'],
  ['//shop.example', 'with its scheme'],
  ['localhost:3000', 'with its scheme'],
  ['https://shop.*.example', 'first label'],
  ['https://shop*.example', 'first label'],
  ['https://*shop.example', 'first label'],
  ['https://*.*.example', 'first label'],
  ['https://*', 'first label'],
  ['https://*.com', 'first label'],
  ['https://*.10.0.0.1', 'first label'],
  ['*://shop.example', 'first label'],
  ['http://localhost:*', 'first label'],
  ['wss://shop.example', 'the origin of a page'],
  ['https://user@shop.example', 'without a user'],
  ['https://shop .example', 'such as https://shop.example'],
  ['https://', 'such as https://shop.example'],
  ['*.', 'with its scheme'],
])('%s could never match, and is refused with what was expected (G27)', (pattern, expected) => {
  expect(readOriginPattern(pattern)).toMatchObject({ kind: 'problem' });
  expect(() => createSites([{ id: 'shop', origins: [pattern] }])).toThrow(expected);
});
