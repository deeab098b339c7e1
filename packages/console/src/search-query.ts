/** Pure: the filters of a search, as the address has them and as the API takes them. */
import { FINISH_REASONS } from '@rivulet/protocol';

/** The filters by the name that the address has. Times are days of the reader’s calendar, `2026-11-30`. */
export const FILTERS = ['text', 'site', 'visitor', 'rating', 'reason', 'tool', 'ref', 'from', 'to'] as const;
/** The name of a filter. */
export type Filter = (typeof FILTERS)[number];
/** The values of the filters that are set. */
export type Filters = Readonly<Partial<Record<Filter, string>>>;

/** The filters of an address. What is no filter, or has no meaning, is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const values = FILTERS.map((name) => [name, (query.get(name) ?? '').trim()] as const);
  return Object.fromEntries(values.filter(([name, value]) => value !== '' && isKnown(name, value)));
}

function isKnown(name: Filter, value: string): boolean {
  if (name === 'rating') return value === 'up' || value === 'down';
  if (name === 'reason') return FINISH_REASONS.some((reason) => reason === value);
  if (name === 'from' || name === 'to') return dayStart(value, 0) !== undefined;
  return true;
}

/** The query of the API. `to` is a day that is included. */
export function apiQueryOf(filters: Filters): Record<string, string | undefined> {
  const { from, to, ...same } = filters;
  return {
    ...same,
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

/** The time of a position of a list: how far it has gone. @returns milliseconds since 1970; undefined without one */
export function timeOfCursor(cursor: string | null): number | undefined {
  const atMs = Number((cursor ?? '').split('~')[0]);
  return cursor === null || !Number.isFinite(atMs) ? undefined : atMs;
}

/** The address of a search. */
export function searchHref(filters: Filters): string {
  const entries = Object.entries(filters).filter(([, value]) => value !== '');
  const text = new URLSearchParams(entries).toString();
  return `/admin/conversations${text === '' ? '' : `?${text}`}`;
}
