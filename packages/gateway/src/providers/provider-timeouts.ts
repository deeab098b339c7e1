/** Time limits around a provider: what hangs is ended, with the error that says where it hung. */
import { ChatError } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/clock.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';

export interface ProviderTimeouts {
  /** From the request to the upstream's headers; 30 s. Then `upstream-timeout`. */
  headersMs: number;
  /** From the headers to the first content; 60 s. Then `upstream-timeout`. */
  firstContentMs: number;
  /** From one piece of content to the next; 30 s. Then `upstream-stalled`. */
  contentGapMs: number;
  /** The whole answer; 300 s. Then `upstream-timeout`. */
  totalMs: number;
}

export const DEFAULT_PROVIDER_TIMEOUTS: ProviderTimeouts = {
  headersMs: 30_000,
  firstContentMs: 60_000,
  contentGapMs: 30_000,
  totalMs: 300_000,
};

export interface ProviderTimeoutOptions {
  clock: Clock;
  limits: ProviderTimeouts;
}

/**
 * The same provider with limits. Beside what the provider throws, its stream throws `upstream-timeout` or
 * `upstream-stalled` when a limit is over, the limit's name in `cause`, and `upstream-truncated` when the provider ends
 * without `finished`. It keeps its word even when the provider ignores its signal: whatever that gives later is dropped.
 * An abort by the caller's signal ends the iteration without an error.
 */
export function withProviderTimeouts(provider: Provider, options: ProviderTimeoutOptions): Provider {
  return {
    name: provider.name,
    stream: (request, signal) => watch({ provider, request, signal, ...options }),
  };
}

interface Watched extends ProviderTimeoutOptions {
  provider: Provider;
  request: ProviderRequest;
  signal: AbortSignal;
}

async function* watch(watched: Watched): AsyncGenerator<ProviderEvent> {
  const { provider, request, signal, clock, limits } = watched;
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
    upstream.abort(); // now, not when the caller comes back for more
  });
  try {
    for (;;) {
      timers.await();
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
    letGo(events);
  }
}

type Limit = keyof ProviderTimeouts;

function expired(limit: Limit, limitMs: number): ChatError {
  const cause = new Error(`the upstream took longer than limits.${limit} allows (${limitMs} ms)`);
  return new ChatError(limit === 'contentGapMs' ? 'upstream-stalled' : 'upstream-timeout', { cause });
}

/** Not awaited: a provider that ignores its signal would hold its caller for as long as it likes. */
function letGo(events: AsyncIterator<ProviderEvent>): void {
  // The stream is over for the caller, with its own error or without one; what the provider thinks of it comes too late.
  events.return?.().catch(() => undefined);
}

type Step = IteratorResult<ProviderEvent, unknown>;

interface StepRace {
  /** The next step, or the verdict when that comes first; a verdict that is an error is thrown. */
  take(next: () => Promise<Step>): Promise<Step | 'aborted'>;
  /** The first verdict counts. */
  end(verdict: ChatError | 'aborted'): void;
}

/** A race that is run anew for each step; `Promise.race` against one long promise would keep every step in memory. */
function createStepRace(): StepRace {
  let verdict: ChatError | 'aborted' | undefined;
  let waiting: (() => void) | undefined;
  return {
    take: (next) =>
      new Promise((resolve, reject) => {
        const judge = () => {
          if (verdict === 'aborted') resolve(verdict);
          else if (verdict !== undefined) reject(verdict);
        };
        waiting = judge;
        judge();
        if (verdict !== undefined) return;
        next().then((step) => {
          resolve(step);
        }, reject);
      }),
    end(reached) {
      verdict ??= reached;
      waiting?.();
    },
  };
}

interface Timers {
  /** The caller waits for the provider from now on; its own slowness before does not count against the upstream. */
  await(): void;
  /** Moves on to the limit that holds after this event. */
  saw(event: ProviderEvent): void;
  stop(): void;
}

/** The caller is busy with the last event. */
const NOBODY_WAITS = Number.POSITIVE_INFINITY;

function createTimers({ clock, limits }: ProviderTimeoutOptions, onExpired: (limit: Limit) => void): Timers {
  let limit: Exclude<Limit, 'totalMs'> = 'headersMs';
  let dueAtMs = 0;
  let step: Timer | undefined;
  const total = clock.after(limits.totalMs, () => {
    onExpired('totalMs');
  });
  // One timer for many deltas: when it fires too early it is set again for the rest. Only another limit needs it at once.
  const arm = () => {
    step = clock.after(Math.max(0, dueAtMs - clock.now()), () => {
      step = undefined;
      if (dueAtMs === NOBODY_WAITS) return;
      if (dueAtMs > clock.now()) arm();
      else onExpired(limit);
    });
  };
  return {
    await() {
      dueAtMs = clock.now() + limits[limit];
      if (step === undefined) arm();
    },
    saw({ type }) {
      const next = type === 'response-started' ? 'firstContentMs' : 'contentGapMs';
      dueAtMs = NOBODY_WAITS;
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
