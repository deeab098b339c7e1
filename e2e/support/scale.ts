/** The scale of the heavy suites: a sample that takes minutes on two cores or, with `RIVULET_SCALE=full`, everything. */

/** Whether the suites run at full scale. */
export const isFull = process.env.RIVULET_SCALE === 'full';

/** Returns the value for the current scale. */
export const scaled = ({ sample, full }: { sample: number; full: number }): number =>
  isFull ? full : sample;

/** Returns the value below which this share of the values lies. @param share in [0, 1], e.g. 0.99. @returns NaN without values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The times of many repetitions, in milliseconds, as one line. */
export const describeTimes = (timesMs: readonly number[]): string =>
  `p50 ${quantile(timesMs, 0.5).toFixed(1)}, p99 ${quantile(timesMs, 0.99).toFixed(1)}, max ${quantile(timesMs, 1).toFixed(1)} ms (${timesMs.length})`;
