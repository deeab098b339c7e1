import { expect, it } from 'vitest';
import { barsOf, repliesOf, spanOf } from './overview-data.ts';

it('a day is shown unless the address names another time', () => {
  const of = (query: string) => spanOf(new URLSearchParams(query));
  expect(['', 'span=hour', 'span=month', 'span=year'].map(of)).toEqual(['day', 'hour', 'month', 'day']);
});

it('replies that failed are those that the visitor got no answer of', () => {
  expect(repliesOf({ runs: { stop: 5, aborted: 2, error: 1, interrupted: 1, blocked: 1 } })).toEqual({
    all: 10,
    failed: 3,
  });
  expect(repliesOf({ runs: {} })).toEqual({ all: 0, failed: 0 });
});

it('a chart has a bar for each value but 0, the highest as high as the chart, and a small one that can be seen', () => {
  expect(barsOf([0, 1_000, 500, 1], 1_000)).toBe('M11 60v-60.0h8V60zM21 60v-30.0h8V60zM31 60v-1.0h8V60z');
  expect(barsOf([0, 0], 0)).toBe('');
});
