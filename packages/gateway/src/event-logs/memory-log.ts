/** The log of one conversation in memory: its epoch, kept window, waiting readers, lease and watches. */
import {
  ChatError,
  type ConversationId,
  type LoggedEvent,
  type LoggedEventBody,
  type Position,
  type ResetReason,
} from '@rivulet/protocol';
import type { Kept, LogRead } from './event-log.ts';
import { KeptWindow, type WindowLimits } from './kept-window.ts';
import type { Waiter, WaitingReaders } from './wakeup-scheduler.ts';

/** The holder of a lease. */
export interface Holder {
  /** The fencing token of the lease. */
  fence: number;
  /** When the lease expires, in milliseconds since 1970. */
  untilMs: number;
}

const NONE: readonly Waiter[] = [];
/** The time of one event in so many is remembered, so that it costs nothing measurable. */
const SAMPLE_EVERY = 32;

/** The log of one conversation. Used by the memory event log, and as the local mirror of the Redis event log. */
export class MemoryLog implements WaitingReaders {
  readonly #id: ConversationId;
  readonly #epoch: string;
  readonly #window: KeptWindow;
  /** When the newest of the sampled events was added. */
  #sample: { seq: number; atMs: number } | undefined;
  /** Readers that are at the head and wait for the next event. */
  #waiting: Waiter[] = [];
  /** The last holder, even when its lease has expired: until another one takes the lease, it may still write. */
  holder: Holder | undefined;
  /** When the log was last used, in milliseconds since 1970. */
  touchedAtMs = 0;
  /** When each watch ends, in milliseconds since 1970. */
  readonly #watches = new Map<object, number>();

  /** @param start the position before the first event to be added */
  constructor(id: ConversationId, start: Position, limits: WindowLimits) {
    this.#id = id;
    this.#epoch = start.epoch;
    this.#window = new KeptWindow(limits, start.seq);
  }

  /** The position of the newest event. */
  get head(): Position {
    return { epoch: this.#epoch, seq: this.#window.head };
  }

  /**
   * Appends all events, or none.
   * @returns the new head.
   * @throws {ChatError} `conflict` when `fence` is stale.
   */
  append(bodies: readonly LoggedEventBody[], fence: number | undefined): Position {
    if (fence !== undefined && this.holder?.fence !== fence)
      throw new ChatError('conflict', { message: 'Another gateway has taken over this conversation.' });
    for (const body of bodies) this.#add(place(body, this.#id, this.#window.head + 1));
    return this.head;
  }

  /** Adds events that already have sequence numbers: the ones that follow the head. */
  add(events: readonly LoggedEvent[]): void {
    for (const event of events) this.#add(event);
  }

  #add(event: LoggedEvent): void {
    this.#window.add(event);
    if (event.seq % SAMPLE_EVERY === 0) this.#sample = { seq: event.seq, atMs: performance.now() };
  }

  /** The kept window. */
  read(): Kept {
    return { head: this.head, events: this.#window.after(this.#window.floor).events };
  }

  /**
   * Reads after a cursor. @returns undefined when the cursor is at the head.
   * @param gap the reset reason when events after the cursor are no longer kept: `slow` for a reader that was served before
   */
  readAfter(
    { epoch, seq }: Position,
    gap: Extract<ResetReason, 'slow' | 'gap-not-kept'>,
  ): LogRead | undefined {
    const { head, floor } = this.#window;
    if (epoch !== this.#epoch) return this.#reset('epoch-changed');
    if (seq > head) return this.#reset('ahead');
    if (seq < floor) return this.#reset(gap);
    if (seq === head) return undefined;
    const batch = this.#window.after(seq);
    // A replay to a reader that has just come would count the time that it was away.
    if (gap === 'slow' && this.#sample !== undefined && this.#sample.seq > seq)
      batch.loggedAtMs = this.#sample.atMs;
    return batch;
  }

  #reset(why: ResetReason): LogRead {
    return { kind: 'reset', why, position: this.head };
  }

  /** Registers a reader for the next `takeWaiting`. */
  wait(waiter: Waiter): void {
    this.#waiting.push(waiter);
  }

  /** Removes a reader that was registered with `wait`. */
  stopWaiting(waiter: Waiter): void {
    const index = this.#waiting.indexOf(waiter);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  takeWaiting(): readonly Waiter[] {
    if (this.#waiting.length === 0) return NONE;
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** When the last watch ends or has ended, in milliseconds since 1970; undefined when none is remembered. */
  get watchedUntilMs(): number | undefined {
    return this.#watches.size === 0 ? undefined : Math.max(...this.#watches.values());
  }

  /** Extends a watch. Watches that have already ended are dropped, because this one ends later. */
  holdWatch(watch: object, untilMs: number, nowMs: number): void {
    for (const [other, endMs] of this.#watches) if (endMs < nowMs) this.#watches.delete(other);
    this.#watches.set(watch, untilMs);
  }

  /** Ends a watch now, unless it has ended already. */
  releaseWatch(watch: object, nowMs: number): void {
    if ((this.#watches.get(watch) ?? 0) > nowMs) this.holdWatch(watch, nowMs, nowMs);
  }

  /** Whether the log can be dropped: no waiting reader, no lease, no watch, and not used since `sinceMs`. */
  isIdle(sinceMs: number, nowMs: number): boolean {
    const isHeld = this.holder !== undefined && this.holder.untilMs > nowMs;
    const isWatched = (this.watchedUntilMs ?? 0) >= sinceMs;
    return this.#waiting.length === 0 && !isHeld && !isWatched && this.touchedAtMs <= sinceMs;
  }
}

/** Gives an event its sequence number. */
export function place(body: LoggedEventBody, conversationId: ConversationId, seq: number): LoggedEvent {
  if (!('at' in body)) return { ...body, conversationId, seq };
  // A delta carries no conversation id: it would be repeated thousands of times in one reply. Its fields are named, because a copy of
  // an object costs several times as much.
  const { type, partId, at, text } = body;
  return { type, partId, at, text, seq };
}
