import { describe, expect, it } from 'vitest';
import { apiQueryOf, dayStart, filtersOf, searchHref, timeOfCursor } from './search-query.ts';

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

  it('say how far a search has come, by its position', () => {
    expect(timeOfCursor('1764460800000~c_abc')).toBe(1_764_460_800_000);
    expect(timeOfCursor('1764460800000.5~c_abc')).toBe(1_764_460_800_000.5);
    expect(timeOfCursor(null)).toBeUndefined();
  });
});
