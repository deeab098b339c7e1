/** How much a heavy suite does: a sample that fits two cores and minutes, or, with `RIVULET_SCALE=full`, all of it. */
export const isFull = process.env.RIVULET_SCALE === 'full';

export const scaled = ({ sample, full }: { sample: number; full: number }): number =>
  isFull ? full : sample;

/** The value below which this share of the values lies, e.g. 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
