/** The opening hours of a desk, in the time zone of the site. */

/** The names of the days, as the settings have them. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** Spans such as `09:00-17:30` by day, in local time; a day without an entry is closed. */
export interface DeskHours extends Partial<Record<(typeof WEEKDAYS)[number], readonly string[] | undefined>> {
  /** The name of the zone, such as `Europe/Berlin`. */
  timeZone: string;
}

/** Whether the desk is open. Without hours it always is. The zone's own rules, summer time included, are those of `Intl`. */
export function isOpenAt(hours: DeskHours | undefined, nowMs: number): boolean {
  if (hours === undefined) return true;
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: hours.timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const today = WEEKDAYS.find((name) => name === parts.get('weekday')?.toLowerCase());
  const time = `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`;
  const spans = today === undefined ? [] : (hours[today] ?? []);
  return spans.some((span) => span.slice(0, 5) <= time && time < span.slice(6));
}
