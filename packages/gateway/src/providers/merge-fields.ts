/** Joins the pieces of a field that an upstream spreads over several deltas. Pure. */
import { record, textOf } from './json-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The texts of a list's items that arrive in pieces. Everything else arrives whole. */
const GROWING = ['text', 'thinking', 'summary'];

/** The fields of both. The later value counts; objects are merged, and lists joined. Null and empty texts are left out. */
export function mergeFields(before: Fields, later: Fields): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(later)) {
    if (value === null || value === undefined || value === '') continue;
    merged[key] = mergeValues(merged[key], value);
  }
  return merged;
}

function mergeValues(before: unknown, later: unknown): unknown {
  if (Array.isArray(later))
    return (later as unknown[]).reduce<unknown[]>(addItem, Array.isArray(before) ? before : []);
  if (typeof later !== 'object' || later === null) return later;
  return mergeFields(Array.isArray(before) ? {} : record(before), record(later));
}

/** Adds an item, or continues the one that it is a piece of: an item of the same type, at the same index, under the same id. */
function addItem(items: readonly unknown[], item: unknown): unknown[] {
  const at = items.findLastIndex((known) => isContinued(record(known), record(item)));
  if (at < 0) return [...items, item];
  const known = record(items[at]);
  const grown = GROWING.filter((key) => key in known && key in record(item)).map((key) => [
    key,
    grow(textOf(known[key]), textOf(record(item)[key])),
  ]);
  return items.with(at, { ...mergeFields(known, record(item)), ...Object.fromEntries(grown) });
}

function isContinued(known: Fields, item: Fields): boolean {
  const isSame = (key: string) => known[key] == null || item[key] == null || known[key] === item[key];
  if (known.type !== item.type || !isSame('index') || !isSame('id')) return false;
  if (textOf(item.data) !== '') return known.data === item.data;
  // A signature ends an item.
  const hasText = GROWING.some((key) => textOf(item[key]) !== '');
  return GROWING.some((key) => key in known) && !(hasText && textOf(known.signature) !== '');
}

/** Some upstreams send the text so far. */
const grow = (before: string, later: string): string =>
  before !== '' && later.startsWith(before) ? later : before + later;
