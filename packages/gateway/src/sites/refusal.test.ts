import { ChatError, type ErrorCode } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { refused, type RefusedClient } from './refusal.ts';

function logged(code: ErrorCode, client: Partial<RefusedClient>): { error: ChatError; lines: unknown[][] } {
  const lines: unknown[][] = [];
  const logger = { ...silentLogger, info: (...line: unknown[]) => void lines.push(line) };
  const options = { logger, mintRef: () => 'k3v9' };
  return { error: refused(new ChatError(code), { origin: 'http://shop.test', ...client }, options), lines };
}

describe('a refused page', () => {
  it.each<[ErrorCode, Partial<RefusedClient>, string]>([
    ['origin-denied', { siteId: 'shop' }, 'add "http://shop.test" to sites[].origins of the site "shop"'],
    ['origin-denied', {}, 'add "http://shop.test" to sites[].origins of its site'],
    [
      'site-unknown',
      { siteId: 'shpo' },
      'no site has the id "shpo"; change data-site of the page, or add the site to sites[]',
    ],
    [
      'identity-required',
      { siteId: 'shop' },
      `the site "shop" has requireIdentity: the page has to pass a token with rivulet('identify', token)`,
    ],
    [
      'unsupported',
      { protocol: '0.9' },
      'its widget speaks protocol "0.9"; the page has to load rivulet.js from this gateway',
    ],
  ])(
    'as %s, is one line at info that says what to change, found by the ref of the error (W61)',
    (code, client, advice) => {
      const { error, lines } = logged(code, client);
      expect(error).toMatchObject({ code, retry: 'no', ref: 'k3v9' });
      expect(lines).toMatchObject([
        [{ ref: 'k3v9', code, origin: 'http://shop.test' }, `a page was refused: ${advice}`],
      ]);
    },
  );

  it('is no line when its token has expired: it fetches another one', () => {
    const { error, lines } = logged('unauthenticated', {});
    expect([error.ref, lines]).toEqual([undefined, []]);
  });

  it('cannot fill the log with its headers', () => {
    const { lines } = logged('origin-denied', { origin: 'x'.repeat(9_000), siteId: 'y'.repeat(9_000) });
    expect(JSON.stringify(lines).length).toBeLessThan(1_000);
  });
});
