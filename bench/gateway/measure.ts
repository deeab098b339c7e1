/** Reads stamped answers: when each delta arrived, and whether all of them did, once and in order. */
import { nowNs, readStamps } from './stamp.ts';

const NS_PER_MS = 1e6;

/** What went wrong with the deltas of all answers together; 0 everywhere is the guarantee. */
export interface Faults {
  lost: number;
  doubled: number;
  reordered: number;
}

/** How long deltas took from the upstream's write to the reader, in milliseconds, and what became of them. */
export class DeltaMeter {
  readonly latenciesMs: number[] = [];
  readonly faults: Faults = { lost: 0, doubled: 0, reordered: 0 };
  /** How many deltas arrived. */
  count = 0;
  /** Deltas that arrive are counted always, and timed only while this is true. */
  isTiming = true;

  /** A reader of one answer. Call `end` when the answer is over. */
  reader(deltas: number, onFirst: (atNs: number) => void = () => undefined) {
    const seen = new Uint8Array(deltas);
    let newest = -1;
    return {
      read: (text: string) => {
        const now = nowNs();
        readStamps(text, (index, writtenNs) => {
          if (newest < 0) onFirst(now);
          if (seen[index] === 1) this.faults.doubled += 1;
          else if (index < newest) this.faults.reordered += 1;
          seen[index] = 1;
          newest = Math.max(newest, index);
          this.count += 1;
          if (this.isTiming) this.latenciesMs.push((now - writtenNs) / NS_PER_MS);
        });
      },
      end: () => {
        this.faults.lost += seen.reduce((lost, isSeen) => lost + (isSeen === 1 ? 0 : 1), 0);
      },
    };
  }
}

/** The value below which a share of the values lies; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The middle value. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
