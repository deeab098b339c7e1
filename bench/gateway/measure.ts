/** Measures stamped answers: the latency of each delta, and whether all deltas arrive exactly once and in order. */
import { nowNs, readStamps } from './stamp.ts';

const NS_PER_MS = 1e6;

/** The number of faulty deltas of all answers together. The gateway guarantees 0 for each kind. */
export interface Faults {
  lost: number;
  doubled: number;
  reordered: number;
}

/** The faults of a scenario that measures no deltas. */
export const NO_FAULTS: Readonly<Faults> = { lost: 0, doubled: 0, reordered: 0 };

/** Adds up the faults of several measurements. */
export function sumFaults(all: readonly Readonly<Faults>[]): Faults {
  const sum = (name: keyof Faults) => all.reduce((total, faults) => total + faults[name], 0);
  return { lost: sum('lost'), doubled: sum('doubled'), reordered: sum('reordered') };
}

/** Measures the deltas of any number of answers. */
export class DeltaMeter {
  /** The times from the upstream's write to the reader, in milliseconds, in the order of arrival. */
  readonly latenciesMs: number[] = [];
  readonly faults: Faults = { lost: 0, doubled: 0, reordered: 0 };
  /** The number of deltas that have arrived. */
  count = 0;
  /** Latencies are recorded only while this is true. Deltas are always counted. */
  isTiming = true;

  /**
   * Creates a reader for one answer. Call `end` after the answer.
   * @param onDelta called with the time at which a delta arrived, and its index
   */
  reader(deltas: number, onDelta: (atNs: number, index: number) => void = () => undefined) {
    const seen = new Uint8Array(deltas);
    let newest = -1;
    return {
      read: (text: string) => {
        const now = nowNs();
        readStamps(text, (index, writtenNs) => {
          if (seen[index] === 1) this.faults.doubled += 1;
          else if (index < newest) this.faults.reordered += 1;
          seen[index] = 1;
          newest = Math.max(newest, index);
          this.count += 1;
          onDelta(now, index);
          if (this.isTiming) this.latenciesMs.push((now - writtenNs) / NS_PER_MS);
        });
      },
      /** @param atLeast how many deltas must have arrived, when the target may end the answer before its last one */
      end: (atLeast = deltas) => {
        const expected = seen.subarray(0, Math.max(atLeast, newest + 1));
        this.faults.lost += expected.reduce((lost, isSeen) => lost + (isSeen === 1 ? 0 : 1), 0);
      },
    };
  }
}

/** @param share such as 0.99 for the 99th percentile @returns the percentile; NaN when there are no values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** @returns the median; NaN when there are no values */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
