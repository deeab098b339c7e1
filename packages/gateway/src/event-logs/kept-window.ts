/** The newest events of one conversation, bounded in number and in size. */
import { mergeDeltas, type LoggedEvent } from '@rivulet/protocol';
import type { LogRead } from './event-log.ts';

/** The bounds of a window. The oldest events are dropped when either bound is exceeded. */
export interface WindowLimits {
  maxEvents: number;
  /** UTF-16 code units: the text of a delta, the JSON of any other event. */
  maxChars: number;
}

/**
 * Holds a whole long answer, whose older deltas are merged, or the JSON of some hundred other events. 1,000 busy conversations need
 * at most 2 GiB.
 */
export const DEFAULT_WINDOW: WindowLimits = { maxEvents: 4_096, maxChars: 1_048_576 };

type EventBatch = Extract<LogRead, { kind: 'events' }>;

/**
 * So many of the newest events are kept as they are: readers that are served in time are within them. Older deltas are merged, so that
 * an answer of thousands of deltas is not as many objects.
 */
const UNMERGED = 16;
/** The text of a merged delta, in UTF-16 units: what a reader gets a second time at most. */
const MERGED_CHARS = 4_096;

/** A queue of events that always keeps at least the newest one, whatever its size. Adding and dropping are amortised O(1). */
export class KeptWindow {
  readonly #limits: WindowLimits;
  #events: LoggedEvent[] = [];
  /** How many entries at the front of the array are dropped; the array is cut when that is more than half of it. */
  #dropped = 0;
  /** How many entries at the end of the array are not merged. */
  #unmerged = 0;
  #chars = 0;
  #head: number;
  #floor: number;
  #slice: { after: number; head: number; batch: EventBatch } | undefined;

  /** @param head the `seq` before that of the first event to be added */
  constructor(limits: WindowLimits, head = 0) {
    this.#limits = limits;
    this.#head = head;
    this.#floor = head;
  }

  /** The `seq` of the newest event ever added; the initial head before the first. */
  get head(): number {
    return this.#head;
  }

  /** The `seq` before that of the oldest kept event: the earliest cursor that can be served. */
  get floor(): number {
    return this.#floor;
  }

  /** Adds the next event: its `seq` must be `head + 1`. */
  add(event: LoggedEvent): void {
    this.#events.push(event);
    this.#chars += sizeOf(event);
    this.#head = event.seq;
    this.#unmerged += 1;
    if (this.#unmerged >= UNMERGED * 2) this.#mergeOlder();
    this.#trim();
  }

  /**
   * The events after a `seq` between `floor` and `head`. The first of them may cover earlier positions as well. Readers at the same
   * `seq` share the batch, so that it is encoded once.
   */
  after(seq: number): EventBatch {
    if (this.#slice?.after !== seq || this.#slice.head !== this.#head) {
      const events = this.#events.slice(this.#indexAfter(seq));
      this.#slice = { after: seq, head: this.#head, batch: { kind: 'events', events } };
    }
    return this.#slice.batch;
  }

  /** The index of the first event beyond a `seq`, by binary search. */
  #indexAfter(seq: number): number {
    let low = this.#dropped;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Merges all but the newest events, and the last one that was merged before, which may not be full. */
  #mergeOlder(): void {
    const start = Math.max(this.#dropped, this.#events.length - this.#unmerged - 1);
    const newest = this.#events.splice(-UNMERGED);
    const older = this.#events.splice(start);
    this.#events.push(...mergeDeltas(older, MERGED_CHARS), ...newest);
    this.#unmerged = UNMERGED;
  }

  #trim(): void {
    const { maxEvents, maxChars } = this.#limits;
    let count = this.#events.length - this.#dropped;
    for (; count > 1 && (count > maxEvents || this.#chars > maxChars); count -= 1) {
      const oldest = this.#events[this.#dropped];
      if (oldest === undefined) break;
      this.#chars -= sizeOf(oldest);
      this.#floor = oldest.seq;
      this.#dropped += 1;
    }
    if (this.#dropped * 2 <= this.#events.length) return;
    this.#events = this.#events.slice(this.#dropped);
    this.#dropped = 0;
    // The cached slice would keep the dropped events in memory.
    this.#slice = undefined;
  }
}

function sizeOf(event: LoggedEvent): number {
  return 'at' in event ? event.text.length : JSON.stringify(event).length;
}
