/** The newest events of one conversation, bounded in number and in size. */
import type { LoggedEvent } from '@rivulet/protocol';
import type { LogRead } from './event-log.ts';

/** The bounds of a window. The oldest events are dropped when either bound is exceeded. */
export interface WindowLimits {
  maxEvents: number;
  /** UTF-16 code units: the text of a delta, the JSON of any other event. */
  maxChars: number;
}

/**
 * Holds four minutes of one reply at 17 deltas a second, or a whole very long answer. 1,000 busy conversations need at most
 * 2 GiB.
 */
export const DEFAULT_WINDOW: WindowLimits = { maxEvents: 4_096, maxChars: 1_048_576 };

type EventBatch = Extract<LogRead, { kind: 'events' }>;

/** A queue of events that always keeps at least the newest one, whatever its size. Adding and dropping are amortised O(1). */
export class KeptWindow {
  readonly #limits: WindowLimits;
  #events: LoggedEvent[] = [];
  #sizes: number[] = [];
  /** How many entries at the front of the arrays are dropped; the arrays are cut when that is more than half of them. */
  #dropped = 0;
  #chars = 0;
  #head: number;
  #slice: { after: number; head: number; batch: EventBatch } | undefined;

  /** @param head the `seq` before that of the first event to be added */
  constructor(limits: WindowLimits, head = 0) {
    this.#limits = limits;
    this.#head = head;
  }

  /** The `seq` of the newest event ever added; the initial head before the first. */
  get head(): number {
    return this.#head;
  }

  /** The `seq` before that of the oldest kept event: the earliest cursor that can be served. */
  get floor(): number {
    return this.#head - this.#count;
  }

  get #count(): number {
    return this.#events.length - this.#dropped;
  }

  /** Adds the next event: its `seq` must be `head + 1`. */
  add(event: LoggedEvent): void {
    const size = sizeOf(event);
    this.#events.push(event);
    this.#sizes.push(size);
    this.#chars += size;
    this.#head = event.seq;
    this.#trim();
  }

  /** The events after a `seq` between `floor` and `head`. Readers at the same `seq` share the batch, so that it is encoded once. */
  after(seq: number): EventBatch {
    if (this.#slice?.after !== seq || this.#slice.head !== this.#head) {
      const events = this.#events.slice(this.#dropped + seq - this.floor);
      this.#slice = { after: seq, head: this.#head, batch: { kind: 'events', events } };
    }
    return this.#slice.batch;
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
    // The cached slice would keep the dropped events in memory.
    this.#slice = undefined;
  }
}

function sizeOf(event: LoggedEvent): number {
  return 'at' in event ? event.text.length : JSON.stringify(event).length;
}
