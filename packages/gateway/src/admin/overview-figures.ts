/** What the overview shows of the figures: means, sums by name, and percentiles with the error of their histogram. Pure. */
import { rangeOfBucket, type HistogramName, type LiveName } from '../base/index.ts';
import { PICOS } from '../budgets/prices.ts';
import type { FigureSum } from '../stores/figures.ts';

/** A percentile of a histogram: the true value is between `fromMs` and `toMs`, at most 19 % apart. `toMs` is null beyond the last bucket. */
export interface OverviewPercentile {
  ms: number;
  fromMs: number;
  toMs: number | null;
}

/** The percentiles of what was measured. */
export interface OverviewTimes {
  /** How many were measured. */
  count: number;
  p50: OverviewPercentile;
  p95: OverviewPercentile;
  p99: OverviewPercentile;
}

/** The figures of a time. */
export interface OverviewFigures {
  /** The mean number of connected clients, and of replies that run or wait. */
  connections: number;
  activeRuns: number;
  /** Finished replies by finish reason. */
  runs: Record<string, number>;
  /** Failed replies by error code. */
  errors: Record<string, number>;
  /** From the accepted message to the first content; null when none was measured. */
  firstDelta: OverviewTimes | null;
  /** From the log to the socket of a viewer, sampled. */
  delta: OverviewTimes | null;
  /** Ratings: `up`, `down`, and `none` for those that were removed. */
  feedback: Record<string, number>;
  /** Refusals by a limit or a budget, by their reason. */
  limits: Record<string, number>;
  /** All other refusals, by their reason. */
  refusals: Record<string, number>;
  /** Viewers that came back: `replay`, or the reason of a snapshot. */
  resumes: Record<string, number>;
  inputTokens: number;
  outputTokens: number;
  /** In the unit of the prices. */
  money: number;
}

/** A bucket of the overview. */
export interface OverviewBucket extends OverviewFigures {
  /** Its begin, in milliseconds since 1970. */
  atMs: number;
}

/** The views, with the width of their buckets and how many there are. */
export const SPANS = {
  hour: { bucketMs: 60_000, buckets: 60 },
  day: { bucketMs: 3_600_000, buckets: 24 },
  month: { bucketMs: 86_400_000, buckets: 30 },
} as const;
/** One of `SPANS`. */
export type Span = keyof typeof SPANS;

/** The begin of the first bucket of a view; the last one is the current one. */
export const sinceMsOf = (span: Span, nowMs: number): number => {
  const { bucketMs, buckets } = SPANS[span];
  return nowMs - (nowMs % bucketMs) - (buckets - 1) * bucketMs;
};

/** All buckets of a view, and the figures of the whole of it. */
export function overviewOf(
  sums: readonly FigureSum[],
  { span, nowMs }: { span: Span; nowMs: number },
): { total: OverviewFigures; buckets: OverviewBucket[] } {
  const { bucketMs, buckets } = SPANS[span];
  const sinceMs = sinceMsOf(span, nowMs);
  const byStart = Map.groupBy(sums, ({ startMs }) => startMs);
  return {
    total: figuresOf(sums, nowMs - sinceMs),
    buckets: Array.from({ length: buckets }, (_, index) => {
      const atMs = sinceMs + index * bucketMs;
      return { atMs, ...figuresOf(byStart.get(atMs) ?? [], Math.min(bucketMs, nowMs - atMs)) };
    }),
  };
}

function figuresOf(sums: readonly FigureSum[], passedMs: number): OverviewFigures {
  const values = new Map<string, number>();
  for (const { name, value } of sums) values.set(name, (values.get(name) ?? 0) + value);
  const one = (name: string): number => values.get(name) ?? 0;
  const labelled = (prefix: string): Record<string, number> =>
    Object.fromEntries(
      [...values].flatMap(([name, value]) =>
        name.startsWith(`${prefix}:`) ? [[name.slice(prefix.length + 1), value] as const] : [],
      ),
    );
  const mean = (name: LiveName): number => (passedMs > 0 ? one(`${name}-ms`) / passedMs : 0);
  const times = (name: HistogramName): OverviewTimes | null => timesOf(labelled(name));
  return {
    connections: mean('connections'),
    activeRuns: mean('active-runs'),
    runs: labelled('runs'),
    errors: labelled('errors'),
    firstDelta: times('first-delta'),
    delta: times('delta'),
    feedback: labelled('feedback'),
    limits: labelled('limits'),
    refusals: labelled('refusals'),
    resumes: labelled('resumes'),
    inputTokens: one('input-tokens'),
    outputTokens: one('output-tokens'),
    money: one('cost-pico') / PICOS,
  };
}

function timesOf(histogram: Record<string, number>): OverviewTimes | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((one, other) => one.bucket - other.bucket);
  const count = buckets.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return null;
  const percentile = (share: number): OverviewPercentile => {
    let seen = 0;
    const found = buckets.find((each) => (seen += each.count) >= share * count);
    return shown(found?.bucket ?? 0);
  };
  return { count, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

function shown(bucket: number): OverviewPercentile {
  const { fromMs, toMs } = rangeOfBucket(bucket);
  if (toMs === Infinity) return { ms: fromMs, fromMs, toMs: null };
  return { ms: (fromMs + toMs) / 2, fromMs, toMs };
}
