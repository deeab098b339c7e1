/** Counts what the overview of the console shows, for each site and minute, until it is written to the store. */
import type { Clock } from './clock.ts';

/** What is counted: a name, and for most of them a label after a colon, such as `errors:internal`. */
export type FigureName =
  | 'input-tokens'
  | 'output-tokens'
  | 'cost-pico'
  | `${'runs' | 'errors' | 'feedback' | 'limits' | 'refusals' | 'resumes'}:${string}`
  | `${HistogramName}:${number}`
  | `${LiveName}-ms`;
/** What is measured, in milliseconds. */
export type HistogramName = 'first-delta' | 'delta';
/** What is open for a time. Its figure is that time, summed up: divided by the time that has passed, it is the mean number. */
export type LiveName = 'connections' | 'active-runs';

/** A sum of one site in one minute. */
export interface CountedFigure {
  /** Empty for what belongs to no site. */
  siteId: string;
  /** The begin of the minute, in milliseconds since 1970. */
  startMs: number;
  name: FigureName;
  value: number;
}

/** The figures of one gateway process. */
export interface Figures {
  /** Adds to a sum of the current minute. Only ids of configured sites, or none: they are kept. */
  count(siteId: string, name: FigureName, amount?: number): void;
  /** Adds a measured time to a histogram. */
  observe(siteId: string, name: HistogramName, milliseconds: number): void;
  /** One more, or with -1 one fewer, is open. */
  change(siteId: string, name: LiveName, by: 1 | -1): void;
  /** What is open now, by site. */
  live(name: LiveName): Readonly<Record<string, number>>;
  /** The sums that have changed since they were last confirmed. Sums are complete, so that writing them again changes nothing. */
  changed(): CountedFigure[];
  /** They are in the store. What changed meanwhile stays changed; minutes that are over are forgotten. */
  confirm(written: readonly CountedFigure[]): void;
}

/** The width of the finest figures. */
export const MINUTE_MS = 60_000;
/** While the store is away, the figures of so many minutes wait for it. Older ones are lost. */
const MAX_MINUTES = 60;

/** The upper end of the first bucket of a histogram. */
const FIRST_MS = 0.1;
/** Buckets for each doubling: neighbours differ by 19 %. */
const PER_DOUBLING = 4;
/** The last bucket has no upper end: what takes longer than 352 s. */
const LAST_BUCKET = 88;

/** The bucket of a time. */
export const bucketOf = (milliseconds: number): number =>
  Math.max(0, Math.min(LAST_BUCKET, Math.ceil(PER_DOUBLING * Math.log2(milliseconds / FIRST_MS))));

/** Between which times those of a bucket are, in milliseconds. */
export const rangeOfBucket = (bucket: number): { fromMs: number; toMs: number } => ({
  fromMs: bucket === 0 ? 0 : FIRST_MS * 2 ** ((bucket - 1) / PER_DOUBLING),
  toMs: bucket === LAST_BUCKET ? Infinity : FIRST_MS * 2 ** (bucket / PER_DOUBLING),
});

/** Creates the figures of a process. */
export function createFigures(clock: Pick<Clock, 'now'>): Figures {
  const sums = createSums(clock);
  const open: Record<LiveName, Map<string, number>> = { connections: new Map(), 'active-runs': new Map() };
  let measuredAtMs = clock.now();
  /** Counts the time in which things have been open since the last call. */
  const measure = () => {
    const passedMs = Math.max(0, clock.now() - measuredAtMs);
    measuredAtMs = clock.now();
    for (const name of ['connections', 'active-runs'] as const)
      for (const [siteId, number] of open[name]) sums.count(siteId, `${name}-ms`, number * passedMs);
  };
  return {
    count: sums.count,
    observe: (siteId, name, milliseconds) => {
      sums.count(siteId, `${name}:${bucketOf(milliseconds)}`);
    },
    change(siteId, name, by) {
      measure();
      const number = (open[name].get(siteId) ?? 0) + by;
      if (number > 0) open[name].set(siteId, number);
      else open[name].delete(siteId);
    },
    live: (name) => Object.fromEntries(open[name]),
    changed() {
      measure();
      return sums.changed();
    },
    confirm: sums.confirm,
  };
}

/** The sums by site, name and minute. Bounded by the configured sites, the names and `MAX_MINUTES`. */
function createSums(clock: Pick<Clock, 'now'>): Pick<Figures, 'count' | 'changed' | 'confirm'> {
  const sums = new Map<string, CountedFigure>();
  const unwritten = new Set<CountedFigure>();
  const minuteNow = () => clock.now() - (clock.now() % MINUTE_MS);
  const keyOf = ({ siteId, startMs, name }: Omit<CountedFigure, 'value'>) => `${startMs} ${name} ${siteId}`;
  const forget = (isOld: (figure: CountedFigure) => boolean) => {
    for (const [key, figure] of sums)
      if (isOld(figure)) {
        sums.delete(key);
        unwritten.delete(figure);
      }
  };
  return {
    count(siteId, name, amount = 1) {
      if (amount === 0) return;
      const place = { siteId, startMs: minuteNow(), name };
      const key = keyOf(place);
      const figure = sums.get(key) ?? { ...place, value: 0 };
      figure.value += amount;
      sums.set(key, figure);
      unwritten.add(figure);
    },
    changed() {
      const oldestMs = minuteNow() - MAX_MINUTES * MINUTE_MS;
      forget(({ startMs }) => startMs < oldestMs);
      return [...unwritten].map((figure) => ({ ...figure }));
    },
    confirm(written) {
      for (const each of written) {
        const figure = sums.get(keyOf(each));
        if (figure?.value === each.value) unwritten.delete(figure);
      }
      const minute = minuteNow();
      forget((figure) => figure.startMs < minute && !unwritten.has(figure));
    },
  };
}
