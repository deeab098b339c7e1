import { ChatError, type ErrorCode } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { createMetrics, refusal, silentLogger, type RefusalReason } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { RefusedClient } from './refusal-advice.ts';
import { createRefusals } from './refusals.ts';

function open() {
  const lines: [Record<string, unknown>, string][] = [];
  const logger = {
    ...silentLogger,
    info: (facts: object, sentence: string) => void lines.push([{ ...facts }, sentence]),
  };
  const [metrics, clock] = [createMetrics(), createFakeClock()];
  let refs = 0;
  const sites = { has: (id: string) => id === 'shop' || id === 'blog' };
  const mintRef = () => `ref-${++refs}`;
  return { ...createRefusals({ logger, metrics, clock, sites, mintRef }), lines, metrics, clock };
}

function logged(code: ErrorCode, reason: RefusalReason | undefined, client: RefusedClient) {
  const { report, lines } = open();
  const error = reason === undefined ? new ChatError(code) : refusal(code, reason);
  return { error: report(error, { origin: 'http://shop.test', ...client }), lines };
}

const expired = () => refusal('unauthenticated', 'token-expired');

describe('a refusal', () => {
  it.each<[ErrorCode, RefusalReason | undefined, RefusedClient, string]>([
    [
      'origin-denied',
      undefined,
      { siteId: 'shop' },
      'add "http://shop.test" to sites[].origins of the site "shop"',
    ],
    ['origin-denied', undefined, {}, 'add "http://shop.test" to sites[].origins of its site'],
    [
      'site-unknown',
      undefined,
      { siteId: 'shpo' },
      'no site has the id "shpo"; change data-site of the page, or add the site to sites[]',
    ],
    [
      'identity-required',
      undefined,
      { siteId: 'shop' },
      `the site "shop" has requireIdentity: the page has to pass a token with rivulet('identify', token)`,
    ],
    [
      'unsupported',
      'protocol-version',
      { protocol: '0.9' },
      'its widget speaks protocol "0.9"; the page has to load rivulet.js from this gateway',
    ],
    [
      'forbidden',
      'token-audience',
      { siteId: 'shop' },
      'its token is for another site; the aud of a token has to be the id of the site "shop"',
    ],
  ])(
    'as %s (%s) is one line at info that says what to change, found by the ref of the error (W61)',
    (code, reason, client, advice) => {
      const { error, lines } = logged(code, reason, client);
      expect(error).toMatchObject({ code, retry: 'no', ref: 'ref-1' });
      expect(lines).toMatchObject([
        [{ ref: 'ref-1', code, origin: 'http://shop.test' }, `refused: ${advice}`],
      ]);
    },
  );

  it('keeps the wait and the words of its error', () => {
    const error = refusal('rate-limited', 'rate-limit', { retryAfterMs: 3_000, message: 'Wait.' });
    const wire = {
      code: 'rate-limited',
      retry: 'after',
      retryAfterMs: 3_000,
      message: 'Wait.',
      ref: 'ref-1',
    };
    expect(open().report(error, {}).toBody()).toEqual(wire);
  });

  it('is counted by kind and reason', async () => {
    const { report, metrics } = open();
    report(expired(), { siteId: 'shop' });
    expect(await metrics.registry.getSingleMetricAsString('rivulet_refusals_total')).toContain(
      '{kind="token",reason="token-expired"} 1',
    );
  });

  it.each<ErrorCode>(['not-found', 'conflict', 'busy', 'bad-frame', 'internal'])(
    'is none when a command fails as %s: the error stays as it is',
    (code) => {
      const { error, lines } = logged(code, undefined, {});
      expect([error.ref, lines]).toEqual([undefined, []]);
    },
  );

  it('cannot fill the log with its headers', () => {
    const { lines } = logged('origin-denied', undefined, {
      origin: 'x'.repeat(9_000),
      siteId: 'y'.repeat(9_000),
    });
    expect(JSON.stringify(lines).length).toBeLessThan(1_000);
  });
});

describe('a flood of refusals', () => {
  it('is ten lines a minute and one with the count, whose ref the others share', () => {
    const { report, lines, clock } = open();
    const refs = Array.from({ length: 1_000 }, () => report(expired(), { siteId: 'shop' }).ref);
    expect([lines.length, new Set(refs).size]).toEqual([10, 11]);
    clock.advance(60_000);
    expect(lines.length).toBe(11);
    expect(lines[10]).toMatchObject([
      { ref: refs[999], reason: 'token-expired', siteId: 'shop', count: 990 },
      expect.stringContaining('refused 990 more'),
    ]);
  });

  it('has lines again in the next minute, and no timer is left', () => {
    const { report, lines, clock } = open();
    for (let count = 0; count < 11; count += 1) report(expired(), {});
    clock.advance(60_000);
    report(expired(), {});
    expect([lines.length, clock.pending]).toEqual([12, 0]);
  });

  it('of one site or one reason hides no other', () => {
    const { report, lines } = open();
    for (let count = 0; count < 100; count += 1) report(expired(), { siteId: 'shop' });
    report(expired(), { siteId: 'blog' });
    report(refusal('unauthenticated', 'token-signature'), { siteId: 'shop' });
    expect(lines.length).toBe(12);
  });

  it('that makes up sites gets no more lines for it', () => {
    const { report, lines } = open();
    for (let count = 0; count < 100; count += 1)
      report(new ChatError('site-unknown'), { siteId: `made-up-${count}` });
    expect(lines.length).toBe(10);
  });

  it('is summarised when the gateway closes', () => {
    const { report, lines, close } = open();
    for (let count = 0; count < 12; count += 1) report(expired(), {});
    close();
    close();
    expect(lines[10]?.[0]).toMatchObject({ count: 2 });
    expect(lines.length).toBe(11);
  });
});
