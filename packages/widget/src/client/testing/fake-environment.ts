/**
 * An environment for tests: a manual clock, repeatable random numbers, a storage that tests can read, and signals of the page.
 */
import type { Clock } from '@rivulet/protocol';
import { createRandom } from '@rivulet/protocol/testing';
import type { Environment, KeyValueStorage, Sign } from '../environment/environment.ts';

interface PendingTimer {
  atMs: number;
  callback: () => void;
}

/** A clock that stands still until `advance`. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #timers = new Set<PendingTimer>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
  }

  /** The number of pending timers. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves the time forward and fires the timers that become due, in order. Settles all promises before and after each timer. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      await settle();
      const [next] = [...this.#timers].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

/** Resolves when all pending microtasks have run: the message of a port is a later task. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A storage in memory. */
export class FakeStorage implements KeyValueStorage {
  /** The stored strings by key. */
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** The environment of one page without other tabs. */
export class FakeEnvironment implements Environment {
  readonly clock = new FakeClock();
  readonly storage: KeyValueStorage | null;
  /** The errors that were reported, oldest first. */
  readonly reported: unknown[] = [];
  /** The result of `isOnline`. */
  isOnlineNow = true;
  readonly #random: () => number;
  readonly #signs = new Set<(sign: Sign) => void>();

  /**
   * @param storage pass the storage of an earlier environment to simulate a reload
   * @param seed makes the random numbers repeatable
   */
  constructor(storage: KeyValueStorage | null = new FakeStorage(), seed = 1) {
    this.storage = storage;
    this.#random = createRandom(seed);
  }

  readonly random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));

  /** Schedules a callback for the next frame; a test replaces it to delay frames. */
  frame: (callback: () => void) => void = queueMicrotask;

  schedule(callback: () => void): void {
    this.frame(callback);
  }

  /** Throws, unless a test replaces it. */
  openSocket: Environment['openSocket'] = () => {
    throw new Error('FakeEnvironment has no sockets: pass a transport to the client or replace openSocket');
  };

  /** Rejects, unless a test replaces it. */
  fetch: Environment['fetch'] = () =>
    Promise.reject(new Error('FakeEnvironment has no network: replace fetch in the test'));

  onSign(listener: (sign: Sign) => void): () => void {
    this.#signs.add(listener);
    return () => this.#signs.delete(listener);
  }

  /** The number of listeners for signals of the page. */
  get signalListeners(): number {
    return this.#signs.size;
  }

  isOnline(): boolean {
    return this.isOnlineNow;
  }

  readonly report = (error: unknown): void => {
    this.reported.push(error);
  };

  /** Emits a signal of the page. */
  emitSign(sign: Sign): void {
    for (const listener of this.#signs) listener(sign);
  }
}
