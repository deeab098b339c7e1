/** Reads an upstream's answer: turns each chunk of a response body into one batch of provider events. */
import type { Readable } from 'node:stream';
import type { ChatError } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/index.ts';
import { createBodyCount } from './excessive-answer.ts';
import type { ProviderBatch, ProviderEvent } from './provider.ts';

/** Converts the bytes of one body to provider events, which it adds to `events`. */
export interface AnswerReader {
  /**
   * Reads one chunk. @returns `finished` when the answer is complete, whatever follows in the body; `ending` when it is complete
   * but for facts that are worth a short wait, such as the usage
   * @throws why the answer failed
   */
  read(bytes: Uint8Array, events: ProviderEvent[]): 'more' | 'ending' | 'finished';
  /**
   * Ends the answer. @throws why the answer failed, also because it is incomplete
   * @param how `closed`: the body has ended. `cut`: what follows `ending` did not come or could not be read.
   */
  end(events: ProviderEvent[], how: 'closed' | 'cut'): void;
}

/** A response whose headers have arrived. */
export interface OpenedAnswer {
  /** It may be destroyed without a listener for its errors. */
  body: Readable;
  reader: AnswerReader;
}

/** What a streamed answer needs. */
export interface StreamedAnswerOptions {
  /** Sends the request; called once, on the first pull. The signal cancels the request. */
  open: (signal: AbortSignal) => Promise<OpenedAnswer>;
  /** Converts what `open`, the reader or the body threw. */
  toChatError: (error: unknown) => ChatError;
  /** Called for a read from the network that gives no new event. */
  onActivity?: (() => void) | undefined;
  /** The caller's signal. */
  signal: AbortSignal;
  clock: Clock;
}

/** The body is paused when this much of it waits for a caller that does not pull. */
const MAX_WAITING_BYTES = 64 * 1024;
/**
 * How long an upstream may take to end a body after the answer. A body that was read to its end leaves its connection to the next
 * request; normally the end arrives with the answer.
 */
const BODY_END_MS = 1_000;

/**
 * How long an answer that is ending waits for its end. The usage normally follows the finish reason within milliseconds; an upstream
 * that holds the connection open must not keep a complete answer running.
 */
const ENDING_MS = 2_000;

/** The time of one read in so many is kept, so that it costs nothing measurable. */
const SAMPLE_EVERY = 32;

type Step = IteratorResult<ProviderBatch, undefined>;

/**
 * The iterator of one answer. It is written by hand, because an async generator would cost several promises for each chunk. The
 * caller calls `next` again only after the last call has settled.
 */
export class StreamedAnswer implements AsyncIterableIterator<ProviderBatch, undefined> {
  readonly #options: StreamedAnswerOptions;
  readonly #upstream = new AbortController();
  #state: 'idle' | 'open' | 'ended' = 'idle';
  #body: Readable | undefined;
  /** The events that wait for the caller. */
  #batch: ProviderEvent[] & ProviderBatch = [];
  readonly #count = createBodyCount();
  /** The number of chunks that were read. */
  #reads = 0;
  /** The size of the chunks that the waiting events come from. */
  #waitingBytes = 0;
  /** Why the answer failed; thrown after the waiting events. */
  #error: ChatError | undefined;
  /** Ends an answer that is ending. */
  #ending: Timer | undefined;
  /** The pending call of `next`. */
  #pull: PromiseWithResolvers<Step> | undefined;

  constructor(options: StreamedAnswerOptions) {
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    const { signal } = this.#options;
    // Also drops events that arrived before the abort.
    if (signal.aborted) this.#cancel();
    if (this.#state === 'idle') void this.#open();
    if (this.#batch.length > 0) return Promise.resolve(this.#takeBatch());
    if (this.#isEnded()) return this.#takeEnd();
    this.#pull = Promise.withResolvers();
    return this.#pull.promise;
  }

  return(): Promise<Step> {
    this.#cancel();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #open(): Promise<void> {
    const { open, signal } = this.#options;
    this.#state = 'open';
    signal.addEventListener('abort', this.#cancel, { once: true });
    try {
      const { body, reader } = await open(this.#upstream.signal);
      this.#body = body;
      if (this.#isEnded()) {
        body.destroy();
        return;
      }
      this.#batch.push({ type: 'response-started' });
      this.#settle();
      this.#read(body, reader);
    } catch (error) {
      this.#fail(error);
    }
  }

  #read(body: Readable, reader: AnswerReader): void {
    body.on('data', (bytes: Uint8Array) => {
      if (this.#isEnded()) return; // the rest of the body after the answer
      this.#reads += 1;
      if (this.#reads % SAMPLE_EVERY === 0) this.#batch.readAtMs = performance.now();
      const before = this.#batch.length;
      try {
        const outcome = reader.read(bytes, this.#batch);
        this.#waitingBytes += bytes.length;
        const isEmpty = this.#batch.length === before;
        this.#count.add(bytes.length, isEmpty ? 'nothing' : 'content');
        if (isEmpty) this.#options.onActivity?.();
        if (outcome === 'finished') this.#finish();
        // Some upstreams give a finish reason with every delta: the wait begins again with the next one.
        else if (outcome === 'ending' && (this.#ending === undefined || this.#batch.length > before))
          this.#startEnding(reader);
      } catch (error) {
        this.#failOrEnd(error, reader);
      }
      this.#settle();
      // Not while an event is incomplete: the caller may be waiting for it.
      if (this.#batch.length > 0 && this.#waitingBytes > MAX_WAITING_BYTES && !this.#isEnded()) body.pause();
    });
    body.on('end', () => {
      if (this.#isEnded()) return;
      this.#endAnswer(reader, 'closed');
    });
    body.on('error', (error) => {
      this.#failOrEnd(error, reader);
    });
  }

  #startEnding(reader: AnswerReader): void {
    this.#ending?.cancel();
    this.#ending = this.#options.clock.after(ENDING_MS, () => {
      this.#endAnswer(reader, 'cut');
    });
  }

  #endAnswer(reader: AnswerReader, how: 'closed' | 'cut'): void {
    try {
      reader.end(this.#batch, how);
      this.#finish();
    } catch (error) {
      this.#fail(error);
    }
    this.#settle();
  }

  /** What goes wrong after the finish reason does not make a complete answer a failed one. */
  #failOrEnd(error: unknown, reader: AnswerReader): void {
    if (this.#isEnded()) return;
    if (this.#ending === undefined) this.#fail(error);
    else this.#endAnswer(reader, 'cut');
  }

  /** A method, because the compiler would assume that the state does not change between two checks. */
  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Settles the pending call of `next`, if there is one and there is something to give. */
  #settle(): void {
    const pull = this.#pull;
    if (pull === undefined) return;
    if (this.#batch.length > 0) pull.resolve(this.#takeBatch());
    else if (this.#isEnded()) pull.resolve(this.#takeEnd());
    else return;
    this.#pull = undefined;
  }

  #takeBatch(): Step {
    const value = this.#batch;
    this.#batch = [];
    this.#waitingBytes = 0;
    if (this.#body?.isPaused() === true) this.#body.resume();
    return { done: false, value };
  }

  #takeEnd(): Promise<Step> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  /** The answer is complete. Its connection is kept, see `BODY_END_MS`. */
  #finish(): void {
    this.#end();
    const body = this.#body;
    if (body === undefined || body.readableEnded) return;
    const timer = this.#options.clock.after(BODY_END_MS, () => body.destroy());
    body.once('close', () => {
      timer.cancel();
    });
  }

  #fail(error: unknown): void {
    if (this.#isEnded()) return;
    this.#end();
    this.#error = this.#options.toChatError(error);
    this.#closeUpstream();
    this.#settle();
  }

  /** Ends the iteration without an error: the caller aborted or stops iterating. */
  readonly #cancel = (): void => {
    this.#batch = [];
    this.#error = undefined;
    if (!this.#isEnded()) {
      this.#end();
      this.#closeUpstream();
    }
    this.#settle();
  };

  #end(): void {
    this.#state = 'ended';
    this.#ending?.cancel();
    this.#options.signal.removeEventListener('abort', this.#cancel);
  }

  #closeUpstream(): void {
    this.#upstream.abort();
    this.#body?.destroy();
  }
}
