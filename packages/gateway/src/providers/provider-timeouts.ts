/** Time limits around a provider: an upstream that hangs is cancelled, with an error that says in which phase it hung. */
import { ChatError } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/index.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';

/** The time limits of one answer, in milliseconds. */
export interface ProviderTimeouts {
  /** From the request to the response headers. Beyond it: `upstream-timeout`. Default: 30,000. */
  headersMs: number;
  /** From the headers to the first content. Beyond it: `upstream-timeout`. Default: 60,000. */
  firstContentMs: number;
  /** From one piece of content to the next. Beyond it: `upstream-stalled`. Default: 30,000. */
  contentGapMs: number;
  /** The whole answer. Beyond it: `upstream-timeout`. Default: 300,000. */
  totalMs: number;
}

/** The limits of a provider for which none are configured. */
export const DEFAULT_PROVIDER_TIMEOUTS: ProviderTimeouts = {
  headersMs: 30_000,
  firstContentMs: 60_000,
  contentGapMs: 30_000,
  totalMs: 300_000,
};

/** Options of `withProviderTimeouts`. */
export interface ProviderTimeoutOptions {
  clock: Clock;
  limits: ProviderTimeouts;
}

/**
 * Wraps a provider with time limits. They hold even when the provider ignores its signal: its later events are dropped. An
 * abort by the caller's signal ends the iteration without an error. Time during which the caller does not pull is not counted,
 * except towards the total.
 * @throws {ChatError} what the provider throws; `upstream-timeout` or `upstream-stalled` when a limit is exceeded, with the name
 *   of the limit in `cause`; `upstream-truncated` when the provider ends without `finished`.
 */
export function withProviderTimeouts(provider: Provider, options: ProviderTimeoutOptions): Provider {
  return {
    name: provider.name,
    stream: (request, signal) => streamWithTimeouts({ provider, request, signal, ...options }),
  };
}

interface TimedRequest extends ProviderTimeoutOptions {
  provider: Provider;
  request: ProviderRequest;
  signal: AbortSignal;
}

async function* streamWithTimeouts(timed: TimedRequest): AsyncGenerator<ProviderEvent> {
  const { provider, request, signal, clock, limits } = timed;
  if (signal.aborted) return;
  const upstream = new AbortController();
  const events = provider.stream(request, upstream.signal)[Symbol.asyncIterator]();
  const race = createStepRace();
  const abort = () => {
    race.end('aborted');
    upstream.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  const timers = createTimers({ clock, limits }, (limit) => {
    race.end(expired(limit, limits[limit]));
    upstream.abort(); // at once, not only when the caller pulls again
  });
  try {
    for (;;) {
      timers.startWait();
      const step = await race.take(() => events.next());
      if (step === 'aborted') return;
      if (step.done === true) throw new ChatError('upstream-truncated', { cause: 'no finished event' });
      timers.saw(step.value);
      yield step.value;
      if (step.value.type === 'finished') return;
    }
  } finally {
    timers.stop();
    signal.removeEventListener('abort', abort);
    upstream.abort();
    closeWithoutWaiting(events);
  }
}

type Limit = keyof ProviderTimeouts;

function expired(limit: Limit, limitMs: number): ChatError {
  const cause = new Error(`The upstream took longer than limits.${limit} allows (${limitMs} ms).`);
  return new ChatError(limit === 'contentGapMs' ? 'upstream-stalled' : 'upstream-timeout', { cause });
}

/** Ends the provider's iterator. Not awaited: a provider that ignores its signal would block its caller. */
function closeWithoutWaiting(events: AsyncIterator<ProviderEvent>): void {
  // The caller's stream has ended already, with its own error or without one, so a late error of the provider is dropped.
  events.return?.().catch(() => undefined);
}

type Step = IteratorResult<ProviderEvent, unknown>;

interface StepRace {
  /** The next step, or the outcome when that comes first; an outcome that is an error is thrown. */
  take(next: () => Promise<Step>): Promise<Step | 'aborted'>;
  /** Ends the race. The first outcome counts. */
  end(outcome: ChatError | 'aborted'): void;
}

/** A new race for each step: `Promise.race` against one long-lived promise would keep every step in memory. */
function createStepRace(): StepRace {
  let outcome: ChatError | 'aborted' | undefined;
  let waiting: (() => void) | undefined;
  return {
    take: (next) =>
      new Promise((resolve, reject) => {
        const settleIfEnded = () => {
          if (outcome === 'aborted') resolve(outcome);
          else if (outcome !== undefined) reject(outcome);
        };
        waiting = settleIfEnded;
        settleIfEnded();
        if (outcome !== undefined) return;
        next().then((step) => {
          resolve(step);
        }, reject);
      }),
    end(reached) {
      outcome ??= reached;
      waiting?.();
    },
  };
}

interface Timers {
  /** Starts the current limit: the caller waits for the provider from now on. */
  startWait(): void;
  /** Stops the current limit and selects the one that holds after this event. */
  saw(event: ProviderEvent): void;
  stop(): void;
}

/** The due time while the caller processes an event and does not wait for the provider. */
const NOT_WAITING = Number.POSITIVE_INFINITY;

function createTimers({ clock, limits }: ProviderTimeoutOptions, onExpired: (limit: Limit) => void): Timers {
  let limit: Exclude<Limit, 'totalMs'> = 'headersMs';
  let dueAtMs = 0;
  let step: Timer | undefined;
  const total = clock.after(limits.totalMs, () => {
    onExpired('totalMs');
  });
  // One timer serves many deltas: when it fires before the due time, it is set again for the rest. Only a change of the limit
  // replaces it at once.
  const arm = () => {
    step = clock.after(Math.max(0, dueAtMs - clock.now()), () => {
      step = undefined;
      if (dueAtMs === NOT_WAITING) return;
      if (dueAtMs > clock.now()) arm();
      else onExpired(limit);
    });
  };
  return {
    startWait() {
      dueAtMs = clock.now() + limits[limit];
      if (step === undefined) arm();
    },
    saw({ type }) {
      const next = type === 'response-started' ? 'firstContentMs' : 'contentGapMs';
      dueAtMs = NOT_WAITING;
      if (next === limit) return;
      limit = next;
      step?.cancel();
      step = undefined;
    },
    stop() {
      total.cancel();
      step?.cancel();
    },
  };
}
