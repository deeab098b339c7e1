import { describe, expect, it } from 'vitest';
import { RateLimitError } from './rate-limit-error.ts';
import { DEFAULT_RATE_LIMITS, rateLimitsOf, type RateLimitSettings } from './settings.ts';

describe('the limits of a gateway', () => {
  it('protect without any configuration', () => {
    const limits = rateLimitsOf();
    expect(limits).toEqual(DEFAULT_RATE_LIMITS);
    expect(limits.visitor).toMatchObject({ messagesPerMinute: 20, runsAtOnce: 2 });
    expect(limits.address.newVisitorsPer10Minutes).toBe(20);
  });

  it('can be raised or lowered one by one, for all sites and for one', () => {
    const site = { id: 'shop', rateLimits: { visitor: { messagesPerMinute: 5 } } };
    const { visitor, address } = rateLimitsOf({ visitor: { runsAtOnce: 4, messagesPerMinute: 30 } }, site);
    expect(visitor).toMatchObject({ messagesPerMinute: 5, runsAtOnce: 4, connections: 20 });
    expect(address).toEqual(DEFAULT_RATE_LIMITS.address);
  });

  it('are switched off with the word off, one or all of them', () => {
    expect(
      rateLimitsOf({ address: { newVisitorsPer10Minutes: 'off' } }).address.newVisitorsPer10Minutes,
    ).toBe('off');
    const { visitor, address, site, gateway } = rateLimitsOf('off');
    const all = [visitor, address, site, gateway].flatMap((scope) => Object.values(scope));
    expect(new Set(all)).toEqual(new Set(['off']));
  });

  it.each([0, -1, NaN, 1.5, Infinity, '20', null, 'none', {}])(
    'are never %j: it is refused by its name',
    (bad) => {
      const settings = { visitor: { messagesPerMinute: bad } } as RateLimitSettings;
      expect(() => rateLimitsOf(settings)).toThrow(RateLimitError);
      expect(() => rateLimitsOf(settings)).toThrow(
        'rateLimits: visitor.messagesPerMinute: expected a whole number, at least 1, or "off"',
      );
    },
  );

  it.each([{ visitors: {} }, { visitor: { messages: 3 } }, 'on'])('are refused when they are %j', (bad) => {
    expect(() => rateLimitsOf(bad as RateLimitSettings)).toThrow(RateLimitError);
  });

  it('of a site are checked with its name', () => {
    const site = { id: 'shop', rateLimits: { site: { runsAtOnce: 0 } } };
    expect(() => rateLimitsOf({}, site)).toThrow('rateLimits of the site shop: site.runsAtOnce: expected');
  });

  it('leave room in each scope for more than one of the scope within it', () => {
    expect(() => rateLimitsOf({ site: { messagesPerMinute: 10 } })).toThrow(
      'site.messagesPerMinute is 10 and visitor.messagesPerMinute is 20, so that one visitor could use up the site',
    );
    const off = { visitor: { messagesPerMinute: 'off' }, address: { messagesPerMinute: 'off' } } as const;
    expect(rateLimitsOf({ ...off, site: { messagesPerMinute: 10 } }).site.messagesPerMinute).toBe(10);
  });
});
