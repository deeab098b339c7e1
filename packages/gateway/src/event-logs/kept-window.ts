/** The newest events of one conversation, bounded in number and in text. */
import type { LoggedEvent } from '@rivulet/protocol';

export interface WindowLimits {
  maxEvents: number;
  /** UTF-16 units of text; an event that is no delta counts as its JSON. */
  maxChars: number;
}

/** Four minutes of one reply at 17 deltas a second, or a very long answer whole; 1,000 busy conversations are at most 2 GiB. */
export const DEFAULT_WINDOW: WindowLimits = { maxEvents: 4_096, maxChars: 1_048_576 };

/** Keeps at least the newest event, whatever its size. Adding and dropping cost O(1), amortised. */
export class KeptWindow {
  readonly #limits: WindowLimits;
  #events: LoggedEvent[] = [];
  #sizes: number[] = [];
  /** How many at the front of the arrays are dropped already; they go when they are half of it. */
  #dropped = 0;
  #chars = 0;
  #head: number;
  #slice: { after: number; head: number; events: readonly LoggedEvent[] } | undefined;

  /** `head`: the `seq` before the first event that will be added. */
  constructor(limits: WindowLimits, head = 0) {
    this.#limits = limits;
    this.#head = head;
  }

  /** The `seq` of the newest event ever added; 0 before the first. */
  get head(): number {
    return this.#head;
  }

  /** The `seq` before the oldest kept event: the earliest cursor that can be served. */
  get floor(): number {
    return this.#head - this.#count;
  }

  get #count(): number {
    return this.#events.length - this.#dropped;
  }

  /** The event's `seq` must be the next one. */
  add(event: LoggedEvent): void {
    const size = sizeOf(event);
    this.#events.push(event);
    this.#sizes.push(size);
    this.#chars += size;
    this.#head = event.seq;
    this.#trim();
  }

  /** The events after a `seq` between `floor` and `head`. Readers at the same place share one array, so that it is encoded once. */
  after(seq: number): readonly LoggedEvent[] {
    if (this.#slice?.after !== seq || this.#slice.head !== this.#head) {
      const events = this.#events.slice(this.#dropped + seq - this.floor);
      this.#slice = { after: seq, head: this.#head, events };
    }
    return this.#slice.events;
  }

  #trim(): void {
    const { maxEvents, maxChars } = this.#limits;
    while (this.#count > 1 && (this.#count > maxEvents || this.#chars > maxChars)) {
      this.#chars -= this.#sizes[this.#dropped] ?? 0;
      this.#dropped += 1;
    }
    if (this.#dropped * 2 <= this.#events.length) return;
    this.#events = this.#events.slice(this.#dropped);
    this.#sizes = this.#sizes.slice(this.#dropped);
    this.#dropped = 0;
    // It would keep what was just dropped.
    this.#slice = undefined;
  }
}

function sizeOf(event: LoggedEvent): number {
  return 'at' in event ? event.text.length : JSON.stringify(event).length;
}
