/** Values and problems as people read them. */
import { SITE_TEXTS as words } from './site-texts.ts';

/** A value in words. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return words.nothing;
  if (value === true) return words.yes;
  if (value === false) return words.no;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return value.length === 0 ? words.nothing : value.join(', ');
  return JSON.stringify(value);
}

/** What the gateway says of a value, as a sentence. */
export function sentence(problem: string): string {
  const first = problem.slice(0, 1).toUpperCase() + problem.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
