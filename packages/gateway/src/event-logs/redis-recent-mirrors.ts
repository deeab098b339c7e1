/**
 * The mirrors of conversations that were read on this node a moment ago and have no viewer. A viewer reads several times before it
 * follows, and viewers that lost their connections return together: what was downloaded for one is there for the next.
 */
import type { Clock, Timer } from '../base/index.ts';
import type { RedisMirror } from './redis-mirror.ts';

/** Longer than a viewer takes from its first read to following, and than most clients take to reconnect. */
const KEPT_MS = 10_000;
/** At 2 MiB for a full window, half a gigabyte at most; a usual window has a tenth of that. */
const MAX_MIRRORS = 256;

/** A bounded collection, by channel. */
export class RecentMirrors {
  readonly #clock: Clock;
  /** The least recently used first. */
  readonly #entries = new Map<string, { mirror: RedisMirror; usedAtMs: number }>();
  #sweep: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a mirror for ten seconds from now; the least recently used one is dropped when there are too many. */
  keep(channel: string, mirror: RedisMirror): void {
    this.#entries.delete(channel);
    this.#entries.set(channel, { mirror, usedAtMs: this.#clock.now() });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_MIRRORS && oldest !== undefined) this.#entries.delete(oldest);
    this.#sweep ??= this.#clock.after(KEPT_MS, this.#dropOld);
  }

  /** The mirror of a channel, which stays here. */
  find(channel: string): RedisMirror | undefined {
    return this.#entries.get(channel)?.mirror;
  }

  /** Removes and returns the mirror of a channel. */
  take(channel: string): RedisMirror | undefined {
    const mirror = this.find(channel);
    this.#entries.delete(channel);
    return mirror;
  }

  /** Drops all mirrors. */
  clear(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#entries.clear();
  }

  /** Runs only while there are mirrors, so an idle node sets no timer. */
  readonly #dropOld = (): void => {
    const untilMs = this.#clock.now() - KEPT_MS;
    for (const [channel, { usedAtMs }] of this.#entries) {
      if (usedAtMs > untilMs) break;
      this.#entries.delete(channel);
    }
    this.#sweep = this.#entries.size > 0 ? this.#clock.after(KEPT_MS, this.#dropOld) : undefined;
  };
}
