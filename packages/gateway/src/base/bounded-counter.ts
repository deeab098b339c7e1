/**
 * A counter whose label values are in a table. Each value of a label is a time series that is kept until the process ends, so
 * a value that a client, an upstream or a plug-in chooses is a label only when it is in a table of ours.
 */
import { Counter, type CounterConfiguration } from 'prom-client';

/** The label of every value that is in no table. */
const OTHER = 'other';

/** What callers use of a counter with labels. */
export interface BoundedCounter<Label extends string> {
  /** Adds 1 to the series of these labels. A value that is in no table is counted as `other`. */
  inc(labels: Readonly<Record<Label, string | number>>): void;
}

/** Creates the counter. @param known the values that each label can have, besides `other` */
export function createBoundedCounter<Label extends string>(
  configuration: Omit<CounterConfiguration<Label>, 'labelNames'>,
  known: Readonly<Record<Label, readonly (string | number)[]>>,
): BoundedCounter<Label> {
  const labelNames = Object.keys(known) as Label[]; // Object.keys forgets the key type
  const counter = new Counter({ ...configuration, labelNames });
  return {
    inc(labels) {
      const bounded: Partial<Record<Label, string | number>> = {};
      for (const name of labelNames)
        bounded[name] = known[name].includes(labels[name]) ? labels[name] : OTHER;
      counter.inc(bounded);
    },
  };
}
