/** How long somebody waits, and until when an answer is due, in words. Pure. */
import { fill, TEXTS } from '../texts.ts';

const { desk: words } = TEXTS;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** A time in minutes, hours or days: nobody at a desk counts seconds. @param ms not negative */
export function formatWait(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE_MS);
  if (minutes < 1) return words.underOneMinute;
  if (minutes < HOUR_MINUTES) return fill(words.minutes, { minutes });
  if (minutes < DAY_MINUTES)
    return fill(words.hours, { hours: Math.floor(minutes / HOUR_MINUTES), minutes: minutes % HOUR_MINUTES });
  return fill(words.days, {
    days: Math.floor(minutes / DAY_MINUTES),
    hours: Math.floor((minutes % DAY_MINUTES) / HOUR_MINUTES),
  });
}

/** When an answer is due. */
export interface Due {
  text: string;
  isLate: boolean;
}

/** When the answer is due, in words; undefined: there is no target. */
export function dueOf({ dueMs }: { dueMs?: number }, nowMs: number): Due | undefined {
  if (dueMs === undefined) return undefined;
  const isLate = nowMs >= dueMs;
  return {
    isLate,
    text: fill(isLate ? words.late : words.due, { time: formatWait(Math.abs(dueMs - nowMs)) }),
  };
}
