/** Time limits around a provider: an upstream that hangs is cancelled, with an error that says in which phase it hung. */
import { ChatError } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/index.ts';
import {
  providerEventsOf,
  type FinishedEvent,
  type Provider,
  type ProviderEvent,
  type ProviderOutput,
  type ProviderRequest,
} from './provider.ts';

/** The time limits of one answer, in milliseconds. */
export interface ProviderTimeouts {
  /** From the request to the response headers. Beyond it: `upstream-timeout`. Default: 30,000. */
  headersMs: number;
  /** From the headers, or the latest sign of life, to the first content. Beyond it: `upstream-timeout`. Default: 60,000. */
  firstContentMs: number;
  /** From one piece of content, or the latest sign of life, to the next. Beyond it: `upstream-stalled`. Default: 30,000. */
  contentGapMs: number;
  /** The whole answer, however lively the upstream is. Beyond it: `upstream-timeout`. Default: 300,000. */
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
    secrets: () => provider.secrets?.() ?? [],
    modelLimits: (request) => provider.modelLimits?.(request) ?? {},
    modelsOf: (request) => provider.modelsOf?.(request) ?? [],
    stream: (request, signal) => new TimedAnswer({ provider, request, signal, ...options }),
  };
}

/** One request, with its limits. */
export interface TimedRequest extends ProviderTimeoutOptions {
  provider: Provider;
  request: ProviderRequest;
  signal: AbortSignal;
  /** Called once, when the upstream request has ended, with the error if it failed, also when nobody receives that, or with the end of the answer. */
  onEnd?: (failure: unknown, finished: FinishedEvent | undefined) => void;
}

type Step = IteratorResult<ProviderOutput, undefined>;

/** Without a reason, each abort would create an exception with a stack trace, which takes longer than everything else in an end. */
const ENDED = new Error('The answer has ended.');

/** The iterator of one answer. It is written by hand, so that each step costs one promise and no closures. */
export class TimedAnswer implements AsyncIterableIterator<ProviderOutput, undefined> {
  readonly #timed: TimedRequest;
  readonly #timers: Timers;
  readonly #upstream = new AbortController();
  /** The provider's iterator; undefined before the first pull. */
  #events: AsyncIterator<ProviderOutput> | undefined;
  #isEnded = false;
  /** An error that the caller has not received. */
  #failure: { error: Error } | undefined;
  #finished: FinishedEvent | undefined;
  /** The pending call of `next`. */
  #pull: PromiseWithResolvers<Step> | undefined;

  constructor(timed: TimedRequest) {
    this.#timed = timed;
    this.#timers = createTimers(timed, (limit) => {
      this.#fail(expired(limit, timed.limits[limit]));
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#timed.signal.aborted) this.#end();
    if (this.#isEnded) return this.#takeEnd();
    this.#events ??= this.#open();
    this.#timers.startWait();
    this.#pull = Promise.withResolvers();
    const { promise } = this.#pull;
    this.#events.next().then(this.#give, this.#fail);
    return promise;
  }

  return(): Promise<Step> {
    this.#end();
    this.#failure = undefined;
    return this.#takeEnd();
  }

  #open(): AsyncIterator<ProviderOutput> {
    const { provider, request, signal } = this.#timed;
    const { sawActivity } = this.#timers;
    const stream = provider.stream(request, this.#upstream.signal, sawActivity);
    const events = stream[Symbol.asyncIterator]();
    signal.addEventListener('abort', this.#abort, { once: true });
    this.#timers.start();
    return events;
  }

  readonly #abort = (): void => {
    this.#upstream.abort(this.#timed.signal.reason);
    this.#end();
  };

  readonly #give = (step: IteratorResult<ProviderOutput, unknown>): void => {
    if (this.#isEnded) return;
    if (step.done === true) {
      this.#fail(new ChatError('upstream-truncated', { cause: 'no finished event' }));
      return;
    }
    const last = providerEventsOf(step.value).at(-1);
    if (last !== undefined) this.#timers.saw(last);
    this.#pull?.resolve(step);
    this.#pull = undefined;
    if (last?.type !== 'finished') return;
    this.#finished = last;
    this.#end();
  };

  readonly #fail = (error: unknown): void => {
    if (this.#isEnded) return;
    // Whatever the provider threw is passed on as it is.
    this.#failure = { error: error as Error };
    this.#end();
  };

  /** Ends the answer and its upstream request at once, not only when the caller pulls again. The first end counts. */
  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#timers.stop();
    this.#timed.signal.removeEventListener('abort', this.#abort);
    this.#upstream.abort(ENDED);
    closeWithoutWaiting(this.#events);
    this.#timed.onEnd?.(this.#failure?.error, this.#finished);
    this.#pull?.resolve(this.#takeEnd());
    this.#pull = undefined;
  }

  #takeEnd(): Promise<Step> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) return Promise.resolve({ done: true, value: undefined });
    return Promise.reject(failure.error);
  }
}

type Limit = keyof ProviderTimeouts;

function expired(limit: Limit, limitMs: number): ChatError {
  const cause = new Error(`The upstream took longer than limits.${limit} allows (${limitMs} ms).`);
  return new ChatError(limit === 'contentGapMs' ? 'upstream-stalled' : 'upstream-timeout', { cause });
}

/** Ends the provider's iterator. Not awaited: a provider that ignores its signal would block its caller. */
function closeWithoutWaiting(events: AsyncIterator<ProviderOutput> | undefined): void {
  // The caller's stream has ended already, with its own error or without one, so a late error of the provider is dropped.
  events?.return?.().catch(() => undefined);
}

interface Timers {
  /** Starts the limit of the whole answer. */
  start(): void;
  /** Starts the current limit: the caller waits for the provider from now on. */
  startWait(): void;
  /** Stops the current limit and selects the one that holds after this event, the last one of a batch. */
  saw(event: ProviderEvent): void;
  /** Starts the current limit again: the upstream is alive. Does nothing before its headers and while the caller does not wait. */
  sawActivity: () => void;
  stop(): void;
}

/** The due time while the caller processes an event and does not wait for the provider. */
const NOT_WAITING = Number.POSITIVE_INFINITY;

function createTimers({ clock, limits }: ProviderTimeoutOptions, onExpired: (limit: Limit) => void): Timers {
  let limit: Exclude<Limit, 'totalMs'> = 'headersMs';
  let dueAtMs = 0;
  let step: Timer | undefined;
  let total: Timer | undefined;
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
    start() {
      total = clock.after(limits.totalMs, () => {
        onExpired('totalMs');
      });
    },
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
    sawActivity() {
      if (limit !== 'headersMs' && dueAtMs !== NOT_WAITING) dueAtMs = clock.now() + limits[limit];
    },
    stop() {
      total?.cancel();
      step?.cancel();
    },
  };
}
