import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { isOpenAt } from './desk-hours.ts';
import { DeskSettingsSchema } from './desk-settings.ts';

const HOURS = { timeZone: 'Europe/Berlin', monday: ['09:00-12:00', '13:00-24:00'], sunday: ['00:00-04:00'] };
const at = (text: string) => Date.parse(text);

describe('the hours of a desk', () => {
  it.each([
    ['2026-11-30T07:59:59Z', false],
    ['2026-11-30T08:00:00Z', true],
    ['2026-11-30T11:00:00Z', false],
    ['2026-11-30T22:59:59Z', true],
    ['2026-11-30T23:00:00Z', false],
  ])('in Berlin in winter, at %s it is open: %s', (time, isOpen) => {
    expect(isOpenAt(HOURS, at(time))).toBe(isOpen);
  });

  it('are those of the clocks of the zone when summer time ends and the hour from two to three comes twice', () => {
    expect(
      ['2026-10-24T21:59:59Z', '2026-10-25T01:30:00Z', '2026-10-25T02:59:59Z', '2026-10-25T03:00:00Z'].map(
        (time) => isOpenAt(HOURS, at(time)),
      ),
    ).toEqual([false, true, true, false]);
  });

  it('without hours it is open', () => {
    expect(isOpenAt(undefined, 0)).toBe(true);
  });
});

describe('the settings of a desk', () => {
  it.each([
    { hours: { timeZone: 'Europe/Atlantis' } },
    { hours: { timeZone: 'UTC', monday: ['17:00-09:00'] } },
    { hours: { timeZone: 'UTC', monday: ['9-17'] } },
    { hours: { timeZone: 'UTC', mon: ['09:00-17:00'] } },
    { capacity: 0 },
    { assign: 'random' },
    { firstResponseMinutes: 0.5 },
    { cannedReplies: [{ title: '', text: 'Hello' }] },
    { colour: 'red' },
  ])('refuse %j', (settings) => {
    expect(v.safeParse(DeskSettingsSchema, settings).success).toBe(false);
  });

  it('may all be left out, or given', () => {
    const full = {
      ...{
        hours: HOURS,
        capacity: 3,
        assign: 'least-loaded',
        firstResponseMinutes: 5,
        nextResponseMinutes: 10,
      },
      cannedReplies: [{ title: 'Hours', text: 'We are here from 9 to 17.' }],
    };
    expect([{}, full].map((settings) => v.safeParse(DeskSettingsSchema, settings).success)).toEqual([
      true,
      true,
    ]);
  });
});
