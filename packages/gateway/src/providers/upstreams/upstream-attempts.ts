/** The attempts of one answer under the rules: which upstream is asked next, when, and what its outcome is counted as. */
import { ChatError, type RandomBytes } from '@rivulet/protocol';
import type { Clock, Limits, Logger, Metrics } from '../../base/index.ts';
import type { FinishedEvent, Provider, ProviderOutput, ProviderRequest, WaitReason } from '../provider.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { Attempts } from './attempts.ts';
import type { Admission } from './breaker.ts';
import { hasFiles } from './chain.ts';
import { isFaultOfUpstream, kindOfFailure, type FailureKind } from './failure-kinds.ts';
import { retryWaitMs } from './retry-wait.ts';
import { noteSent } from './sent-requests.ts';
import type { UpstreamState } from './upstream-states.ts';
import { startTrace } from './start-trace.ts';
import { showWait } from './visible-wait.ts';

/** One upstream that may be asked. */
export interface Target {
  state: UpstreamState;
  provider: Provider;
  /** The model that is asked, for traces; undefined when it is not known. */
  model: string | undefined;
  /** Sends the request. `onEnd` is called once, with the error if it failed, or with the end of the answer. */
  call(
    signal: AbortSignal,
    onEnd: (failure: unknown, finished: FinishedEvent | undefined) => void,
  ): AsyncIterator<ProviderOutput>;
}

/** What the attempts need. */
export interface UpstreamAttemptsOptions {
  clock: Clock;
  limits: Limits;
  logger: Logger;
  metrics: Metrics;
  random: RandomBytes;
}

/** One answer. */
export interface Asked {
  request: ProviderRequest;
  /** In the order of preference; at least one. */
  targets: readonly Target[];
  /** The caller's signal. */
  signal: AbortSignal;
}

/** What this answer knows of a target. */
interface Candidate {
  target: Target;
  failures: number;
  /** When it may be asked again. */
  readyAtMs: number;
  /** Not to be asked any more for this answer. */
  isOut: boolean;
}

interface Call {
  candidate: Candidate;
  admission: Admission;
}

/** Creates the attempts of one answer. */
export function createUpstreamAttempts(options: UpstreamAttemptsOptions, asked: Asked): Attempts {
  return new UpstreamAttempts(options, asked);
}

class UpstreamAttempts implements Attempts {
  readonly #options: UpstreamAttemptsOptions;
  readonly #asked: Asked;
  readonly #candidates: Candidate[];
  /** When the first request was sent. */
  #startedAtMs: number | undefined;
  #retries = 0;
  #call: Call | undefined;
  /** What is thrown when there is nobody left to ask: a failure that may pass tells the visitor more. */
  #failure: { error: unknown; kind: FailureKind } | undefined;

  constructor(options: UpstreamAttemptsOptions, asked: Asked) {
    this.#options = options;
    this.#asked = asked;
    const { answeredBy } = asked.request.caller ?? {};
    const candidates = asked.targets.map((target) => ({ target, failures: 0, readyAtMs: 0, isOut: false }));
    const isPreferred = ({ target }: Candidate) => target.provider === answeredBy;
    const preferred = answeredBy === undefined ? [] : candidates.filter(isPreferred);
    const others = candidates.filter((one) => !preferred.includes(one));
    // An answer that is read again is at the upstream that wrote it: another one would write another one.
    const isResumed = asked.request.background?.resume !== undefined && preferred.length > 0;
    this.#candidates = isResumed ? preferred : [...preferred, ...others];
  }

  async open(signal: AbortSignal): Promise<AsyncIterator<ProviderOutput> | undefined> {
    for (;;) {
      const candidate = this.#choose();
      const { state } = candidate.target;
      if (candidate.failures > 0) {
        this.#retries += 1;
        await this.#wait('retry', pause(this.#options.clock, candidate.readyAtMs, signal));
        if (signal.aborted) return undefined;
      }
      if (!state.slots.tryTake() && !(await this.#queue(candidate, signal))) {
        if (signal.aborted) return undefined;
        continue;
      }
      const admission = signal.aborted ? undefined : state.breaker.admit();
      if (admission !== undefined) return this.#send({ candidate, admission });
      state.slots.release();
      if (signal.aborted) return undefined;
    }
  }

  accept(): void {
    const { candidate, admission } = this.#call ?? {};
    if (candidate === undefined || admission === undefined) return;
    candidate.target.state.breaker.succeed(admission);
    this.#count(candidate, 'answered');
    const { caller } = this.#asked.request;
    if (caller !== undefined) {
      caller.trace?.firstContent();
      caller.answeredBy = candidate.target.provider;
      caller.answeredByName = candidate.target.state.name;
    }
    this.#call = undefined;
  }

  mayGoOn(error: unknown): boolean {
    const { candidate } = this.#call ?? {};
    this.#call = undefined;
    const kind = kindOfFailure(error, hasFiles(this.#asked.request));
    if (candidate === undefined || kind === 'request') return false;
    candidate.failures += 1;
    candidate.isOut = kind === 'upstream';
    const { retryAfterMs: saidMs } = ChatError.from(error);
    const waitMs = retryWaitMs({ retry: candidate.failures, saidMs }, this.#options.random);
    candidate.readyAtMs = this.#options.clock.now() + waitMs;
    if (this.#failure === undefined || this.#failure.kind !== 'passing' || kind === 'passing')
      this.#failure = { error, kind };
    const next = this.#find();
    if (next !== undefined) this.#logNext(error, candidate, next);
    // Another error than this one may be the better answer.
    if (next === undefined && this.#failure.error !== error) throw this.#failure.error;
    return next !== undefined;
  }

  /** The next one to ask. @throws why there is none */
  #choose(): Candidate {
    const next = this.#find();
    if (next !== undefined) return next;
    if (this.#failure !== undefined) throw this.#failure.error;
    const [first, ...others] = this.#candidates.map(({ target }) => target.state.refusal());
    if (first === undefined) throw new ChatError('internal');
    // The one that is asked again first.
    throw others.reduce((soonest, one) => (waitOf(one) < waitOf(soonest) ? one : soonest), first);
  }

  /** One that has not failed yet, with a free slot if there is such a one; otherwise the one whose wait ends first. */
  #find(): Candidate | undefined {
    const { clock, limits } = this.#options;
    const ready = this.#candidates.filter(
      ({ isOut, target }) => !isOut && target.state.breaker.waitMs() === 0,
    );
    const fresh = ready.filter(({ failures }) => failures === 0);
    const free = fresh.find(({ target: { state } }) => state.slots.hasFree());
    if (fresh[0] !== undefined) return free ?? fresh[0];
    if (this.#retries >= limits.maxUpstreamRetries) return undefined;
    const endMs = (this.#startedAtMs ?? clock.now()) + limits.upstreamRetryMs;
    const [soonest] = ready.toSorted((one, other) => one.readyAtMs - other.readyAtMs);
    return soonest !== undefined && soonest.readyAtMs <= endMs ? soonest : undefined;
  }

  /** @returns whether the slot was taken */
  async #queue(candidate: Candidate, signal: AbortSignal): Promise<boolean> {
    const { state } = candidate.target;
    const { siteId = '', visitorId = '' } = this.#asked.request.caller ?? {};
    const sinceMs = this.#options.clock.now();
    try {
      const waiting = state.slots.wait({ siteId, visitorId }, signal);
      state.countSlots();
      if (!(await this.#wait('queue', waiting))) return false;
      // Aborted after it was its turn: the next one has to get the slot.
      if (signal.aborted) state.slots.release();
      return !signal.aborted;
    } catch (error) {
      this.#count(candidate, 'not-served');
      candidate.isOut = true;
      this.#failure ??= { error, kind: 'passing' };
      return false;
    } finally {
      state.countSlots();
      this.#options.metrics.upstreamWait.observe((this.#options.clock.now() - sinceMs) / 1000);
    }
  }

  #wait<Result>(reason: WaitReason, work: Promise<Result>): Promise<Result> {
    const { onWait } = this.#asked.request.caller ?? {};
    return onWait === undefined ? work : showWait({ clock: this.#options.clock, reason, onWait }, work);
  }

  #send(call: Call): AsyncIterator<ProviderOutput> {
    const { candidate, admission } = call;
    const { state } = candidate.target;
    this.#call = call;
    this.#startedAtMs ??= this.#options.clock.now();
    let isCounted = false;
    const trace = startTrace(this.#asked.request, candidate.target);
    const noteFailed = noteSent(this.#asked.request, candidate.target);
    const answer = candidate.target.call(this.#asked.signal, (failure, finished) => {
      if (isCounted) return;
      isCounted = true;
      trace?.end(failure, finished);
      state.slots.release();
      state.countSlots();
      const isOpen = this.#call === call;
      if (failure !== undefined) noteFailed(failure);
      if (failure !== undefined) this.#noteFailure(call, failure);
      else if (isOpen) state.breaker.withdraw(admission);
    });
    state.countSlots();
    return answer;
  }

  #noteFailure({ candidate, admission }: Call, failure: unknown): void {
    const { state } = candidate.target;
    this.#count(candidate, 'failed');
    if (!isFaultOfUpstream(failure)) {
      state.breaker.succeed(admission);
      return;
    }
    state.noteFailure(failure);
    state.breaker.fail(admission, ChatError.from(failure).retryAfterMs);
  }

  #count({ target }: Candidate, outcome: 'answered' | 'failed' | 'not-served'): void {
    this.#options.metrics.upstreamRequests.inc({ upstream: target.state.name, outcome });
  }

  #logNext(error: unknown, failed: Candidate, next: Candidate): void {
    const { logger, clock, metrics } = this.#options;
    const { code, cause } = ChatError.from(error);
    const upstream = cause instanceof UpstreamError ? cause : undefined;
    const waitMs = next.failures === 0 ? 0 : Math.max(0, next.readyAtMs - clock.now());
    const kind = next.failures === 0 ? 'fallback' : 'retry';
    metrics.upstreamRepeats.inc({ upstream: failed.target.state.name, kind });
    logger.info(
      {
        ...this.#asked.request.caller?.facts,
        ...{ upstream: failed.target.state.name, code, reason: upstream?.reason, status: upstream?.status },
        ...{ words: upstream?.safeWords(), advice: upstream?.advice },
        ...{ next: next.target.state.name, waitMs },
      },
      kind === 'fallback'
        ? 'an upstream failed before its answer began; the next one of the chain is asked'
        : 'an upstream failed before its answer began; it is asked again',
    );
  }
}

const waitOf = ({ retryAfterMs = 0 }: ChatError): number => retryAfterMs;

/** Resolves at a time, or when the signal aborts. */
function pause(clock: Clock, untilMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(Math.max(0, untilMs - clock.now()), done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
