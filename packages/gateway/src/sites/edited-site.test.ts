import { describe, expect, it } from 'vitest';
import { layOver } from './edited-site.ts';
import type { Site } from './sites.ts';

const site: Site = {
  id: 'shop',
  origins: ['https://shop.example'],
  systemPrompt: 'Be kind.',
  request: { temperature: 1, extraHeaders: { 'x-key': 'secret' } },
  widget: { start: { greeting: 'Hello', detail: 'Ask.' } },
};

describe('edited settings', () => {
  it('are laid over one by one, and the site itself is not changed', () => {
    const before = structuredClone(site);
    const laid = layOver(site, {
      systemPrompt: 'Be brief.',
      'request.temperature': 0,
      'widget.start.greeting': 'Hi',
      'widget.locales.de.start.greeting': 'Hallo',
    });
    expect(laid).toEqual({
      ...site,
      systemPrompt: 'Be brief.',
      request: { temperature: 0, extraHeaders: { 'x-key': 'secret' } },
      widget: {
        start: { greeting: 'Hi', detail: 'Ask.' },
        locales: { de: { start: { greeting: 'Hallo' } } },
      },
    });
    expect(site).toEqual(before);
  });

  it('take a setting away with null, and its group with the last of it', () => {
    const laid = layOver(site, {
      systemPrompt: null,
      'widget.start.greeting': null,
      'widget.start.detail': null,
    });
    expect(laid).toEqual({ id: 'shop', origins: site.origins, request: site.request });
  });

  it('change nothing that may not be edited, whatever they say', () => {
    const hostile = {
      id: 'other',
      origins: ['*'],
      provider: {},
      'request.extraHeaders': {},
      'request.extraHeaders.x-key': 'mine',
      '__proto__.polluted': true,
      requireIdentity: false,
    };
    expect(layOver(site, hostile)).toEqual(site);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('do not turn a desk on, and keep the one of the site when its last setting goes', () => {
    expect(layOver(site, { 'desk.capacity': 3 })).toEqual(site);
    expect(layOver({ ...site, desk: {} }, { 'desk.capacity': 3 }).desk).toEqual({ capacity: 3 });
    expect(layOver({ ...site, desk: { capacity: 2 } }, { 'desk.capacity': null }).desk).toEqual({});
  });

  it('set one budget of a site whose budgets are off, and leave the others off', () => {
    const { budgets } = layOver({ ...site, budgets: 'off' }, { 'budgets.visitor.tokensPerDay': 7 });
    expect(budgets).toEqual({
      visitor: { tokensPerDay: 7, moneyPerDay: 'off' },
      user: { tokensPerDay: 'off', moneyPerDay: 'off' },
      site: { tokensPerDay: 'off', moneyPerDay: 'off' },
    });
  });
});
