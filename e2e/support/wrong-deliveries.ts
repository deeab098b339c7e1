/** Counts of what can be wrong with a sequence: the invariants that every viewer relies on. */

/** How often each kind of wrong delivery occurred. */
export interface WrongDeliveries {
  /** Something is missing. */
  gaps: number;
  /** The same thing came twice. */
  duplicates: number;
  /** Something came after what follows it. */
  reorders: number;
}

/** Counts of nothing wrong. */
export const nothingWrong = (): WrongDeliveries => ({ gaps: 0, duplicates: 0, reorders: 0 });

/** Adds what was found wrong to the sums. */
export function addWrong(sums: WrongDeliveries, found: WrongDeliveries): void {
  sums.gaps += found.gaps;
  sums.duplicates += found.duplicates;
  sums.reorders += found.reorders;
}

/** Whether anything is wrong. */
export const isAnyWrong = ({ gaps, duplicates, reorders }: WrongDeliveries): boolean =>
  gaps + duplicates + reorders > 0;
