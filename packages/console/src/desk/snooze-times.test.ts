import { expect, it } from 'vitest';
import { snoozeTimes } from './snooze-times.ts';

const at = (...[year, month, day, hour]: [number, number, number, number]) =>
  new Date(year, month, day, hour).getTime();
const untilOf = (nowMs: number) => snoozeTimes(nowMs).map(({ label, untilMs }) => [label, untilMs] as const);

it('a conversation is snoozed for hours, until a morning, or until the visitor writes', () => {
  const wednesday = at(2026, 11, 2, 15);
  expect(untilOf(wednesday)).toEqual([
    ['In an hour', at(2026, 11, 2, 16)],
    ['In three hours', at(2026, 11, 2, 18)],
    ['Tomorrow', at(2026, 11, 3, 9)],
    ['Next Monday', at(2026, 11, 7, 9)],
    ['Until the visitor writes', undefined],
  ]);
});

it('on a Sunday tomorrow is Monday, and is offered once; on a Monday the next one is in a week', () => {
  expect(untilOf(at(2026, 11, 6, 15)).map(([label]) => label)).not.toContain('Next Monday');
  expect(untilOf(at(2026, 11, 7, 15))[3]).toEqual(['Next Monday', at(2026, 11, 14, 9)]);
});
