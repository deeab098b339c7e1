import { describe, expect, it } from 'vitest';
import { apiQueryOf, dayStart, daysOf, filtersOf, searchHref, timeOfCursor } from './search-query.ts';

describe('the filters of a search', () => {
  it('are those of the address, without what is empty, unknown or has no meaning', () => {
    const query = new URLSearchParams({
      ...{ text: '  a bridge ', site: '', rating: 'sideways', reason: 'error', tool: 'find_ship' },
      ...{ from: '2026-11-30', to: 'tomorrow', limit: '9' },
    });
    const filters = { text: 'a bridge', reason: 'error', tool: 'find_ship', from: '2026-11-30' };
    expect(filtersOf(query)).toEqual(filters);
    expect(filtersOf(new URL(searchHref(filters), 'http://localhost').searchParams)).toEqual(filters);
  });

  it('reach from the beginning of one day of the reader to the end of another', () => {
    const query = apiQueryOf({ from: '2026-11-30', to: '2026-11-30', text: 'a' });
    expect(query).toEqual({
      text: 'a',
      from: String(new Date(2026, 10, 30).getTime()),
      to: String(new Date(2026, 11, 1).getTime()),
    });
  });

  it.each(['2026-13-40x', '30.11.2026', ''])('take %j for no day', (day) => {
    expect(dayStart(day, 0)).toBeUndefined();
  });

  it('keep the order of the list, which an address without one does not name', () => {
    const query = new URLSearchParams({ sort: 'rating', model: 'large' });
    expect(apiQueryOf(filtersOf(query))).toMatchObject({ sort: 'rating', model: 'large' });
    expect(searchHref(filtersOf(new URLSearchParams({ sort: 'newest' })))).toBe('/admin/conversations');
    expect(searchHref({ sort: 'cost' })).toBe('/admin/conversations?sort=cost');
    expect(apiQueryOf({ ref: '01234567', sort: 'cost' }).sort).toBeUndefined();
  });

  it('name today, yesterday and the last seven days, also across the end of a month', () => {
    expect(daysOf(new Date(2026, 2, 1, 9).getTime())).toEqual({
      today: { from: '2026-03-01', to: '2026-03-01' },
      yesterday: { from: '2026-02-28', to: '2026-02-28' },
      week: { from: '2026-02-23', to: '2026-03-01' },
    });
  });

  it('say how far a search has come, by its position', () => {
    expect(timeOfCursor('1764460800000~c_abc')).toBe(1_764_460_800_000);
    expect(timeOfCursor('1764460800000.5~c_abc')).toBe(1_764_460_800_000.5);
    expect(timeOfCursor(null)).toBeUndefined();
  });
});
