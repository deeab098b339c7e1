/** The circuit breaker of one upstream: while most of its calls fail, it is not asked; then one run tries it again. */
import type { Clock } from '../../base/index.ts';

/** `closed`: asked. `open`: not asked. `half-open`: one run asks it, and its outcome decides. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** A change of the state, for the log. */
export interface BreakerChange {
  state: BreakerState;
  /** How many of the calls of the last minute failed. */
  failures: number;
  calls: number;
  /** How long it stays open. */
  openMs?: number;
}

/** A call that was admitted. Each must be settled once by `succeed`, `fail` or `withdraw`; a success may be followed by a failure. */
export type Admission = 'regular' | 'probe';

/** The breaker of one upstream. */
export interface Breaker {
  readonly state: BreakerState;
  /** Milliseconds until a call may be admitted; 0: now. */
  waitMs(): number;
  /** Admits a call, or not. While half-open, only one. */
  admit(): Admission | undefined;
  succeed(admission: Admission): void;
  /** @param saidMs how long the upstream says to wait */
  fail(admission: Admission, saidMs?: number): void;
  /** The call ended without saying anything about the upstream: it was stopped. */
  withdraw(admission: Admission): void;
}

const BUCKET_MS = 10_000;
/** A minute, by which most upstreams count. */
const BUCKETS = 6;
/** A run whose every attempt failed has three; one such run alone says too little. */
const MIN_FAILURES = 5;
const FAILED_SHARE = 0.5;
const OPEN_MS = 15_000;
/** After each failed probe it stays open twice as long, up to this. */
const MAX_OPEN_MS = 120_000;
/** A probe takes about as long as an upstream takes to its first content. */
const PROBE_MS = 2_000;

/** Creates a closed breaker. `onChange` is called for each change of the state. */
export function createBreaker(clock: Clock, onChange: (change: BreakerChange) => void): Breaker {
  let state: BreakerState = 'closed';
  let isProbing = false;
  let openUntilMs = 0;
  let openMs = OPEN_MS;
  const counts = createCounts(clock);
  const change = (to: BreakerState) => {
    state = to;
    onChange({ state, ...counts.read(), ...(to === 'open' ? { openMs: openUntilMs - clock.now() } : {}) });
  };
  const open = (saidMs = 0) => {
    openUntilMs = clock.now() + Math.min(Math.max(openMs, saidMs), MAX_OPEN_MS);
    openMs = Math.min(openMs * 2, MAX_OPEN_MS);
    change('open');
  };
  return {
    get state() {
      return state;
    },
    waitMs() {
      if (state === 'open') return Math.max(0, openUntilMs - clock.now());
      return state === 'half-open' && isProbing ? PROBE_MS : 0;
    },
    admit() {
      if (state === 'closed') return 'regular';
      if (this.waitMs() > 0) return undefined;
      isProbing = true;
      if (state === 'open') change('half-open');
      return 'probe';
    },
    succeed(admission) {
      counts.add('success');
      if (admission === 'regular' || state !== 'half-open') return;
      isProbing = false;
      openMs = OPEN_MS;
      counts.clear();
      change('closed');
    },
    fail(admission, saidMs) {
      counts.add('failure');
      if (admission === 'probe') isProbing = false;
      const hasFailed = state === 'half-open' && admission === 'probe';
      if (hasFailed || (state === 'closed' && isFailing(counts.read()))) open(saidMs);
    },
    withdraw(admission) {
      if (admission === 'probe') isProbing = false;
    },
  };
}

const isFailing = ({ failures, calls }: { failures: number; calls: number }): boolean =>
  failures >= MIN_FAILURES && failures >= calls * FAILED_SHARE;

/** The outcomes of the last minute, in buckets. */
function createCounts(clock: Clock) {
  let buckets: { startMs: number; calls: number; failures: number }[] = [];
  return {
    add(outcome: 'success' | 'failure') {
      const nowMs = clock.now();
      let last = buckets.at(-1);
      if (last === undefined || last.startMs <= nowMs - BUCKET_MS) {
        last = { startMs: nowMs, calls: 0, failures: 0 };
        buckets = [...buckets, last].slice(-BUCKETS);
      }
      last.calls += 1;
      if (outcome === 'failure') last.failures += 1;
    },
    read() {
      const recent = buckets.filter(({ startMs }) => startMs > clock.now() - BUCKETS * BUCKET_MS);
      const sum = (of: 'calls' | 'failures') => recent.reduce((total, bucket) => total + bucket[of], 0);
      return { calls: sum('calls'), failures: sum('failures') };
    },
    clear() {
      buckets = [];
    },
  };
}
