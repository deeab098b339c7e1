/** What the requests to one upstream share on this gateway: its circuit breaker, its slots, and what operators see of both. */
import type { Clock, Limits, Logger, Metrics } from '../../base/index.ts';
import { UpstreamError } from '../upstream-error.ts';
import { ChatError } from '@rivulet/protocol';
import { createBreaker, type Breaker, type BreakerChange, type BreakerState } from './breaker.ts';
import { createSlots, type Slots } from './slots.ts';

/** What the states of upstreams need. */
export interface UpstreamStatesOptions {
  clock: Clock;
  limits: Limits;
  logger: Logger;
  metrics: Metrics;
  /** Called when most calls of an upstream have failed, so that it is not asked for a while; not again before it has worked again. */
  onFailing?: (failing: { upstream: string; failures: number; calls: number }) => void;
}

/** One upstream, as all its requests on this gateway see it. */
export interface UpstreamState {
  /** Its name, see `Provider.upstreamOf`. */
  name: string;
  breaker: Breaker;
  slots: Slots;
  /** Keeps the latest failure, for the log and for those who are refused while the breaker is open. */
  noteFailure(error: unknown): void;
  /** Shows the numbers of the slots in the metrics. */
  countSlots(): void;
  /** The error of a run that is not asked at all. */
  refusal(): ChatError;
}

/** The upstreams of a gateway, by name. There are as many as the configuration names. */
export interface UpstreamStates {
  of(name: string, maxRequests: number | undefined): UpstreamState;
}

/** Creates the states of a gateway. An upstream is healthy and idle until its first request. */
export function createUpstreamStates(options: UpstreamStatesOptions): UpstreamStates {
  const states = new Map<string, UpstreamState>();
  return {
    of(name, maxRequests) {
      const known = states.get(name);
      if (known !== undefined) return known;
      const created = createState(options, name, maxRequests);
      states.set(name, created);
      return created;
    },
  };
}

/** The values of the gauge `rivulet_upstream_breaker`. */
const VALUE_OF: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };
/** What a visitor is told of an upstream that is not asked, when the reason is not that it is overloaded. */
const CODES_TO_KEEP: ReadonlySet<string> = new Set(['upstream-unconfigured', 'quota-exceeded']);

function createState(
  { clock, limits, logger, metrics, onFailing }: UpstreamStatesOptions,
  name: string,
  maxRequests = limits.maxUpstreamRequests,
): UpstreamState {
  let latest: Failure | undefined;
  let isFailing = false;
  const breaker = createBreaker(clock, (change) => {
    metrics.upstreamBreaker.set({ upstream: name }, VALUE_OF[change.state]);
    const { state, failures, calls } = change;
    if (state === 'open' && !isFailing) onFailing?.({ upstream: name, failures, calls });
    isFailing = state !== 'closed';
    logChange(logger, { upstream: name, ...change, ...(change.state === 'open' ? latest : {}) });
  });
  metrics.upstreamBreaker.set({ upstream: name }, VALUE_OF.closed);
  const slots = createSlots(clock, {
    maxRequests,
    maxWaiting: limits.maxUpstreamWaiting,
    maxWaitMs: limits.upstreamWaitMs,
  });
  return {
    ...{ name, breaker, slots },
    noteFailure(error) {
      latest = failureOf(error);
    },
    countSlots() {
      metrics.upstreamActive.set({ upstream: name }, slots.active);
      metrics.upstreamWaiting.set({ upstream: name }, slots.waiting);
    },
    refusal() {
      const code =
        latest !== undefined && CODES_TO_KEEP.has(latest.code) ? latest.code : 'upstream-overloaded';
      const cause = new Error(`The upstream ${name} fails too often and is not asked at present.`);
      return new ChatError(code, { retryAfterMs: Math.max(1, breaker.waitMs()), cause });
    },
  };
}

const SENTENCE_OF: Readonly<Record<BreakerState, string>> = {
  open: 'an upstream fails too often: it is not asked for a while, then by one run; the others go to the next one of the chain, or are told to try again',
  'half-open': 'an upstream that failed is asked again by one run',
  closed: 'an upstream works again and is asked by all',
};

function logChange(logger: Logger, facts: { upstream: string } & BreakerChange & Partial<Failure>): void {
  logger[facts.state === 'open' ? 'warn' : 'info'](facts, SENTENCE_OF[facts.state]);
}

/** What is kept of a failure. Not the error: it holds what was read of the answer, as long as its stack is not written out. */
type Failure = Pick<ChatError, 'code'> & Partial<Pick<UpstreamError, 'reason' | 'status' | 'advice'>>;

function failureOf(error: unknown): Failure {
  const { code, cause } = ChatError.from(error);
  if (!(cause instanceof UpstreamError)) return { code };
  const { reason, status, advice } = cause;
  return { code, reason, status, advice };
}
