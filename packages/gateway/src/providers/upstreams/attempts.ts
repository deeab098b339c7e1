/** One answer from several attempts: what was shown is never withdrawn or doubled, because only a failure before it is repeated. */
import type { ProviderEvent, ProviderOutput } from '../provider.ts';
import { providerEventsOf } from '../provider.ts';

/** What opens the attempts of one answer, and decides about their failures. */
export interface Attempts {
  /**
   * Opens the next attempt, after the wait that it needs.
   * @returns undefined when the signal aborted
   * @throws why there is no further attempt
   */
  open(signal: AbortSignal): Promise<AsyncIterator<ProviderOutput> | undefined>;
  /** The attempt gave its first content, or its end: it is the answer. */
  accept(): void;
  /** The attempt failed before its first content. @returns whether `open` is to be called again; otherwise the error is thrown */
  mayGoOn(error: unknown): boolean;
}

type Step = IteratorResult<ProviderOutput, undefined>;
const DONE: Step = { done: true, value: undefined };

const isContent = ({ type }: ProviderEvent): boolean => type !== 'response-started';

/**
 * The iterator of an answer. From the first content on, it is the iterator of the accepted attempt but for one call: nothing is added
 * to the path of a delta.
 */
export class AttemptedAnswer implements AsyncIterableIterator<ProviderOutput, undefined> {
  readonly #attempts: Attempts;
  /** Aborts the waits of `open`: by the caller's signal, or when the caller stops iterating. */
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  #attempt: AsyncIterator<ProviderOutput> | undefined;
  #isAccepted = false;
  #hasStarted = false;

  constructor(attempts: Attempts, signal: AbortSignal) {
    this.#attempts = attempts;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    // Whatever an iterator returns at its end, there is no value in it.
    if (this.#isAccepted) return (this.#attempt as AsyncIterator<ProviderOutput, undefined>).next();
    return this.#tryOn();
  }

  async return(): Promise<Step> {
    this.#ended.abort();
    await this.#attempt?.return?.();
    return DONE;
  }

  /** Until there is something to give: an event, the end, or an error after which there is no further attempt. */
  async #tryOn(): Promise<Step> {
    const abort = () => {
      this.#ended.abort();
    };
    if (this.#signal.aborted) abort();
    this.#signal.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        if (this.#isOver()) return DONE;
        this.#attempt ??= await this.#attempts.open(this.#ended.signal);
        if (this.#attempt === undefined) return DONE;
        const output = await this.#pull(this.#attempt);
        if (output !== 'nothing') return output;
      }
    } finally {
      this.#signal.removeEventListener('abort', abort);
    }
  }

  /** A method, because the compiler would assume that the signal does not change between two checks. */
  #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  async #pull(attempt: AsyncIterator<ProviderOutput>): Promise<Step | 'nothing'> {
    try {
      const step = await attempt.next();
      if (step.done === true) return DONE;
      const { value } = step;
      if (!providerEventsOf(value).some(isContent)) return this.#start(value);
      this.#isAccepted = true;
      this.#attempts.accept();
      return { done: false, value: this.#hasStarted ? withoutStart(value) : value };
    } catch (error) {
      this.#attempt = undefined;
      await attempt.return?.();
      if (this.#isOver()) return DONE;
      if (!this.#attempts.mayGoOn(error)) {
        this.#ended.abort();
        throw error;
      }
      return 'nothing';
    }
  }

  /** The headers of the first attempt are those of the answer. */
  #start(value: ProviderOutput): Step | 'nothing' {
    if (this.#hasStarted) return 'nothing';
    this.#hasStarted = true;
    return { done: false, value };
  }
}

/** Nearly always the same output: headers come before the first content. */
function withoutStart(output: ProviderOutput): ProviderOutput {
  const events = providerEventsOf(output);
  return events.every(isContent) ? output : events.filter(isContent);
}
