/** Group commit: the calls that arrive while a batch is with the server go together in the next one. */
import type { Clock } from '../base/index.ts';
import { StoreError } from './store-error.ts';

/** What `createBatches` needs. */
export interface BatchOptions<Call, Outcome> {
  /** Calls of one key follow each other: they never share a batch. */
  keyOf: (call: Call) => string;
  /** The size of a call, in UTF-16 code units. */
  charsOf: (call: Call) => number;
  /**
   * Executes the calls in one transaction.
   * @returns their outcomes, in the same order
   */
  run: (calls: readonly Call[], company: Company) => Promise<readonly Outcome[]>;
  /** Whether an error may be that of one call, so that the others are worth another attempt. */
  isOfOneCall: (error: unknown) => boolean;
  /** How many calls may wait. */
  maxWaiting: number;
  /** How long a call may wait before it is sent. */
  maxWaitMs: number;
  clock: Clock;
}

/** Whether a call is executed with others, for which it must not wait long, or alone. */
export type Company = 'with-others' | 'alone';

/**
 * How many calls share a transaction. Larger ones would hold their locks longer and gain little: the commit is then a small part
 * of the work.
 */
const MAX_CALLS = 128;
/** A batch of long messages ends at this size: about 8 MB in the memory of both sides. */
const MAX_CHARS = 4 * 1024 * 1024;
/** How many calls of a batch that failed are executed at a time. One may wait for a lock; the others must not wait for it. */
const MAX_ALONE = 4;

interface Waiting<Call, Outcome> {
  call: Call;
  key: string;
  sinceMs: number;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Returns a function that executes a call in a batch. A call that finds no batch under way is sent in the same turn of the event
 * loop. A batch that fails has written nothing: its calls are executed again, each alone, so that only that fails which has to.
 * @throws {StoreError} `overloaded`, as a rejection, when too many calls wait, or one has waited too long
 */
export function createBatches<Call, Outcome>(
  options: BatchOptions<Call, Outcome>,
): (call: Call) => Promise<Outcome> {
  const queue = new BatchQueue(options);
  return (call) => queue.add(call);
}

class BatchQueue<Call, Outcome> {
  readonly #options: BatchOptions<Call, Outcome>;
  /** Oldest first. */
  #waiting: Waiting<Call, Outcome>[] = [];
  /** The keys of the calls that are with the server. */
  readonly #busyKeys = new Set<string>();
  #isRunning = false;
  #isScheduled = false;
  #isExpiring = false;

  constructor(options: BatchOptions<Call, Outcome>) {
    this.#options = options;
  }

  add(call: Call): Promise<Outcome> {
    const { keyOf, maxWaiting, clock } = this.#options;
    if (this.#waiting.length >= maxWaiting)
      return Promise.reject(overloaded(`more than ${maxWaiting} calls wait`));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#waiting.push({ call, key: keyOf(call), sinceMs: clock.now(), resolve, reject });
    this.#schedule();
    return promise;
  }

  /** At the end of the microtask turn, so that calls which are made at once go together. */
  #schedule(): void {
    if (this.#isRunning) this.#expireLater();
    if (this.#isScheduled || this.#isRunning) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      void this.#runNext();
    });
  }

  async #runNext(): Promise<void> {
    const batch = this.#take();
    this.#expireLater();
    if (batch.length === 0) return;
    this.#isRunning = true;
    const outcome = await this.#attempt(batch, batch.length > 1 ? 'with-others' : 'alone');
    this.#isRunning = false;
    this.#schedule();
    if (outcome === 'failed-together') await this.#runEachAlone(batch);
  }

  /** The oldest calls of keys that are not busy. */
  #take(): Waiting<Call, Outcome>[] {
    const { charsOf } = this.#options;
    const batch: Waiting<Call, Outcome>[] = [];
    const rest: Waiting<Call, Outcome>[] = [];
    let chars = 0;
    for (const each of this.#waiting) {
      const isFull = batch.length >= MAX_CALLS || chars >= MAX_CHARS;
      if (isFull || this.#busyKeys.has(each.key)) {
        rest.push(each);
        continue;
      }
      this.#busyKeys.add(each.key); // a later call of this key waits until this one is settled
      chars += charsOf(each.call);
      batch.push(each);
    }
    this.#waiting = rest;
    return batch;
  }

  /** Settles the calls, unless they failed together. */
  async #attempt(
    batch: readonly Waiting<Call, Outcome>[],
    company: Company,
  ): Promise<'settled' | 'failed-together'> {
    const { run, isOfOneCall } = this.#options;
    try {
      const calls = batch.map(({ call }) => call);
      const outcomes = await run(calls, company);
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome); // one for each call
    } catch (error) {
      if (company === 'with-others' && isOfOneCall(error)) return 'failed-together';
      for (const { reject } of batch) reject(error);
    }
    for (const { key } of batch) this.#busyKeys.delete(key);
    return 'settled';
  }

  async #runEachAlone(batch: readonly Waiting<Call, Outcome>[]): Promise<void> {
    const left = batch.values();
    const work = async () => {
      for (const each of left) {
        await this.#attempt([each], 'alone');
        this.#schedule();
      }
    };
    await Promise.all(Array.from({ length: MAX_ALONE }, work));
  }

  /** A timer only while a call waits for others. */
  #expireLater(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined || this.#isExpiring) return;
    const { clock, maxWaitMs } = this.#options;
    this.#isExpiring = true;
    clock.after(Math.max(0, oldest.sinceMs + maxWaitMs - clock.now()), () => {
      this.#isExpiring = false;
      const dueMs = clock.now() - maxWaitMs;
      const expired = this.#waiting.filter(({ sinceMs }) => sinceMs <= dueMs);
      this.#waiting = this.#waiting.filter(({ sinceMs }) => sinceMs > dueMs);
      for (const { reject } of expired) reject(overloaded(`a call has waited for ${maxWaitMs} ms`));
      this.#expireLater();
    });
  }
}

const overloaded = (what: string): StoreError =>
  new StoreError(
    'overloaded',
    `Postgres is slower than the messages come: ${what}. Give the server more power.`,
  );
