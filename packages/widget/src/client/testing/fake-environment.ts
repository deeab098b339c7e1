/** An environment for tests: a clock turned by hand, repeatable randomness, a storage to look into, signs to give. */
import type { Clock } from '@rivulet/protocol';
import type { Environment, KeyValueStorage, Sign } from '../environment/environment.ts';

interface Alarm {
  atMs: number;
  callback: () => void;
}

/** Time stands still until `advance`. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #alarms = new Set<Alarm>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void) {
    const alarm = { atMs: this.#nowMs + delayMs, callback };
    this.#alarms.add(alarm);
    return {
      cancel: () => {
        this.#alarms.delete(alarm);
      },
    };
  }

  /** How many timers run. */
  get pendingTimers(): number {
    return this.#alarms.size;
  }

  /** Rings what is due on the way, in order, and lets all that follows from each settle. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      await settle();
      const [next] = [...this.#alarms].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#alarms.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

/** Resolves when every promise that could go on has gone on: a message between ports comes after all microtasks. */
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

/** Random numbers that are the same in each run with the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class FakeStorage implements KeyValueStorage {
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

export class FakeEnvironment implements Environment {
  readonly clock = new FakeClock();
  readonly storage: KeyValueStorage | null;
  readonly reported: unknown[] = [];
  isOnlineNow = true;
  readonly #random: () => number;
  readonly #signs = new Set<(sign: Sign) => void>();

  /** @param storage share one between environments to play a reload. */
  constructor(storage: KeyValueStorage | null = new FakeStorage(), seed = 1) {
    this.storage = storage;
    this.#random = seeded(seed);
  }

  readonly random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));

  /** When the next frame comes; a test may keep it back. */
  frame: (callback: () => void) => void = queueMicrotask;

  schedule(callback: () => void): void {
    this.frame(callback);
  }

  openSocket: Environment['openSocket'] = () => {
    throw new Error('give the client a transport');
  };

  fetch: Environment['fetch'] = () => Promise.reject(new Error('give the client a transport'));

  onSign(listener: (sign: Sign) => void): () => void {
    this.#signs.add(listener);
    return () => this.#signs.delete(listener);
  }

  /** How many listen for signs. */
  get signListeners(): number {
    return this.#signs.size;
  }

  isOnline(): boolean {
    return this.isOnlineNow;
  }

  readonly report = (error: unknown): void => {
    this.reported.push(error);
  };

  give(sign: Sign): void {
    for (const listener of this.#signs) listener(sign);
  }
}
