/** Until when a conversation can be snoozed. Pure, in the time zone of the user. */
import { TEXTS } from '../texts.ts';

const { desk: words } = TEXTS;
const HOUR_MS = 3_600_000;
/** When a working day begins. */
const MORNING_HOUR = 9;
const MONDAY = 1;

/** A time to choose. */
export interface SnoozeTime {
  label: string;
  /** Milliseconds since 1970; undefined: until the visitor writes. */
  untilMs: number | undefined;
}

/** The times that are offered. A later one that is the same as an earlier one is left out: tomorrow may be Monday. */
export function snoozeTimes(nowMs: number): SnoozeTime[] {
  const times: SnoozeTime[] = [
    { label: words.snoozeHour, untilMs: nowMs + HOUR_MS },
    { label: words.snoozeHours, untilMs: nowMs + 3 * HOUR_MS },
    { label: words.snoozeTomorrow, untilMs: morningAfter(nowMs, 1) },
    { label: words.snoozeMonday, untilMs: morningAfter(nowMs, daysToMonday(nowMs)) },
    { label: words.snoozeUntilMessage, untilMs: undefined },
  ];
  return times.filter(
    ({ untilMs }, index) => times.findIndex((other) => other.untilMs === untilMs) === index,
  );
}

/** Not by adding 24 hours: a day may have 23 or 25. */
function morningAfter(nowMs: number, days: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR).getTime();
}

const daysToMonday = (nowMs: number): number => (MONDAY + 7 - new Date(nowMs).getDay()) % 7 || 7;
