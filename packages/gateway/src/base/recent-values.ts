/** Keeps values for a short time after their last use, and not too many of them. */
import type { Clock, Timer } from './clock.ts';

/** How much is kept, and for how long. */
export interface RecentValuesOptions {
  clock: Clock;
  /** Milliseconds after the last use. */
  keptMs: number;
  /** With one more, the least recently used is dropped. */
  maxValues: number;
}

/** Values by key. */
export interface RecentValues<Value> {
  /** The value of a key, whose time begins again. */
  use(key: string): Value | undefined;
  /** The value of a key, whose time goes on. */
  find(key: string): Value | undefined;
  /** Removes and returns the value of a key. */
  take(key: string): Value | undefined;
  /** Keeps a value in place of an earlier one. */
  keep(key: string, value: Value): void;
  /** Drops all values. */
  clear(): void;
}

/** Creates an empty collection. It has a timer only while it is not empty. */
export function createRecentValues<Value>({
  clock,
  keptMs,
  maxValues,
}: RecentValuesOptions): RecentValues<Value> {
  /** The least recently used first. */
  const entries = new Map<string, { value: Value; usedAtMs: number }>();
  let sweep: Timer | undefined;
  const dropOld = () => {
    const untilMs = clock.now() - keptMs;
    for (const [key, { usedAtMs }] of entries) {
      if (usedAtMs > untilMs) break;
      entries.delete(key);
    }
    sweep = entries.size > 0 ? clock.after(keptMs, dropOld) : undefined;
  };
  const keep = (key: string, value: Value) => {
    entries.delete(key);
    entries.set(key, { value, usedAtMs: clock.now() });
    const [oldest] = entries.keys();
    if (entries.size > maxValues && oldest !== undefined) entries.delete(oldest);
    sweep ??= clock.after(keptMs, dropOld);
  };
  return {
    use(key) {
      const entry = entries.get(key);
      if (entry !== undefined) keep(key, entry.value);
      return entry?.value;
    },
    find: (key) => entries.get(key)?.value,
    take(key) {
      const entry = entries.get(key);
      entries.delete(key);
      return entry?.value;
    },
    keep,
    clear() {
      sweep?.cancel();
      sweep = undefined;
      entries.clear();
    },
  };
}
