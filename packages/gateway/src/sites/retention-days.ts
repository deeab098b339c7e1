/** How long the conversations of a site are kept, and when old ones are erased. */
import * as v from 'valibot';

/** Whole days without activity after which a conversation is erased; `off`: it is kept until somebody erases it. */
export type RetentionDays = number | 'off';

/** A hundred years. */
const MAX_DAYS = 36_500;
const DAYS_PROBLEM = `expected whole days, 1 to ${MAX_DAYS}, or off`;
/** Valid days. */
export const RetentionDaysSchema = v.union(
  [
    v.literal('off'),
    v.pipe(
      v.number(),
      v.integer(DAYS_PROBLEM),
      v.minValue(1, DAYS_PROBLEM),
      v.maxValue(MAX_DAYS, DAYS_PROBLEM),
    ),
  ],
  DAYS_PROBLEM,
);

/** A valid time of day, in UTC. */
export const RetentionTimeSchema = v.pipe(
  v.string('expected a time of day in UTC such as 03:00'),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day in UTC such as 03:00'),
);

/** When old conversations are erased. */
export const DEFAULT_RETENTION_TIME = '03:00';

/** A day in milliseconds. */
export const DAY_MS = 24 * 60 * 60_000;

/** The last moment before or at `nowMs` at which it was this time of day in UTC. */
export function lastTimeOfDay(time: string, nowMs: number): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS + (hours * 60 + minutes) * 60_000;
  return todayMs <= nowMs ? todayMs : todayMs - DAY_MS;
}
