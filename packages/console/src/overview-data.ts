/** The figures of the overview as the gateway answers them, and what the page derives from them. Pure. */

/** A percentile of a histogram in milliseconds: the middle of the bucket that has it. `toMs` is null beyond the last bucket. */
export interface Percentile {
  ms: number;
  fromMs: number;
  toMs: number | null;
}
/** Measured times. */
export interface Times {
  count: number;
  p50: Percentile;
  p95: Percentile;
  p99: Percentile;
}
type Counts = Readonly<Record<string, number>>;
/** The figures of a time; docs/operations.md says what each is. */
export interface Figures {
  connections: number;
  activeRuns: number;
  runs: Counts;
  errors: Counts;
  firstDelta: Times | null;
  delta: Times | null;
  feedback: Counts;
  limits: Counts;
  refusals: Counts;
  resumes: Counts;
  inputTokens: number;
  outputTokens: number;
  money: number;
}
/** What a site has used today (UTC), and what it may. Money is in the unit of the prices. */
export interface Spent {
  siteId: string;
  tokens: number;
  money: number;
  budget: { tokensPerDay: number | 'off'; moneyPerDay: number | 'off' };
}
/** A gateway. */
export interface OverviewNode {
  id: string;
  name: string;
  state: 'serving' | 'draining' | 'stopped' | 'lost';
  seenAtMs: number;
  connections: number;
  runs: number;
}
/** The answer of the gateway. Times are milliseconds since 1970. `nodes` is null for users of some sites. */
export interface Overview {
  nowMs: number;
  bucketMs: number;
  live: { connections: number; runs: number };
  total: Figures;
  buckets: readonly (Figures & { atMs: number })[];
  spent: readonly Spent[];
  nodes: readonly OverviewNode[] | null;
}

/** The times that can be shown. */
export const SPANS = ['hour', 'day', 'month'] as const;
/** One of `SPANS`. */
export type Span = (typeof SPANS)[number];

/** The span that an address names; a day otherwise. */
export const spanOf = (query: URLSearchParams): Span =>
  SPANS.find((span) => span === query.get('span')) ?? 'day';

/** How replies end that did not become what the visitor waited for. */
const FAILED = ['error', 'interrupted', 'blocked'];

/** All replies of a time, and those that failed. */
export function repliesOf({ runs }: Pick<Figures, 'runs'>): { all: number; failed: number } {
  const all = Object.values(runs).reduce((sum, count) => sum + count, 0);
  return { all, failed: FAILED.reduce((sum, reason) => sum + (runs[reason] ?? 0), 0) };
}

/** The height of the chart in its own unit; a bar is 10 wide, 8 of them filled. */
export const CHART_HEIGHT = 60;

/** The bars of a chart as one path, from left to right. A value above 0 has a bar that can be seen. @param highest the value as high as the chart */
export const barsOf = (values: readonly number[], highest: number): string =>
  values
    .map((value, index) => {
      const height = value === 0 || highest === 0 ? 0 : Math.max(1, (value / highest) * CHART_HEIGHT);
      return height === 0
        ? ''
        : `M${index * 10 + 1} ${CHART_HEIGHT}v-${height.toFixed(1)}h8V${CHART_HEIGHT}z`;
    })
    .join('');
