/** Pure: the filters of a search, as the address has them and as the API takes them. */
import { FINISH_REASONS } from '@rivulet/protocol';

/** The filters by the name that the address has. Times are days of the reader’s calendar, `2026-11-30`. */
export const FILTERS = [
  'text',
  'site',
  'visitor',
  'rating',
  'reason',
  'tool',
  'model',
  'ref',
  'from',
  'to',
  'sort',
] as const;
/** The name of a filter. */
export type Filter = (typeof FILTERS)[number];
/** The values of the filters that are set. */
export type Filters = Readonly<Partial<Record<Filter, string>>>;

/** The orders of a list, the first one is that of an address without one. */
export const SORTS = ['newest', 'cost', 'rating'] as const;

/** The filters of an address. What is no filter, or has no meaning, is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const values = FILTERS.map((name) => [name, (query.get(name) ?? '').trim()] as const);
  return Object.fromEntries(values.filter(([name, value]) => value !== '' && isKnown(name, value)));
}

function isKnown(name: Filter, value: string): boolean {
  if (name === 'rating') return value === 'up' || value === 'down';
  if (name === 'reason') return FINISH_REASONS.some((reason) => reason === value);
  if (name === 'sort') return value === 'cost' || value === 'rating';
  if (name === 'from' || name === 'to') return dayStart(value, 0) !== undefined;
  return true;
}

/** The query of the API. `to` is a day that is included. */
export function apiQueryOf(filters: Filters): Record<string, string | undefined> {
  const { from, to, sort, ...same } = filters;
  return {
    ...same,
    // The conversation of a ref is one.
    sort: same.ref === undefined ? sort : undefined,
    from: from === undefined ? undefined : dayStart(from, 0)?.toString(),
    to: to === undefined ? undefined : dayStart(to, 1)?.toString(),
  };
}

/** When a day begins in the reader’s time zone, in milliseconds since 1970. @param offset days later */
export function dayStart(day: string, offset: number): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return undefined;
  // Not by adding 24 hours: a day may have 23 or 25.
  const start = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + offset).getTime();
  return Number.isNaN(start) || start < 0 ? undefined : start;
}

/** Days of the reader’s calendar that are asked for most. */
export function daysOf(nowMs: number): Record<'today' | 'yesterday' | 'week', { from: string; to: string }> {
  const day = (offset: number) => {
    const at = new Date(nowMs);
    const date = new Date(at.getFullYear(), at.getMonth(), at.getDate() + offset);
    const two = (part: number) => String(part).padStart(2, '0');
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  };
  return {
    today: { from: day(0), to: day(0) },
    yesterday: { from: day(-1), to: day(-1) },
    week: { from: day(-6), to: day(0) },
  };
}

/** The time of a position of a list: how far it has gone. @returns milliseconds since 1970; undefined without one */
export function timeOfCursor(cursor: string | null): number | undefined {
  const atMs = Number((cursor ?? '').split('~')[0]);
  return cursor === null || !Number.isFinite(atMs) ? undefined : atMs;
}

/** The address of a search. */
export function searchHref(filters: Filters): string {
  // The order of an address without one is not written down.
  const entries = Object.entries(filters).filter(
    ([name, value]) => value !== '' && !(name === 'sort' && value === SORTS[0]),
  );
  const text = new URLSearchParams(entries).toString();
  return `/admin/conversations${text === '' ? '' : `?${text}`}`;
}
