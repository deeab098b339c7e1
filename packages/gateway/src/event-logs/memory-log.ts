/** The log of one conversation in memory: its epoch, its window, who waits for it, who may write it. */
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
import type { Waiter } from './wakeup-scheduler.ts';

export interface Holder {
  fence: number;
  untilMs: number;
}

export class MemoryLog {
  readonly #id: ConversationId;
  readonly #epoch: string;
  readonly #window: KeptWindow;
  /** Readers that have everything. */
  #waiting = new Set<Waiter>();
  /** The last one who was given the lease, also when its time is over: until another takes it, nothing was lost. */
  holder: Holder | undefined;
  touchedAtMs = 0;
  /** Until when each watch holds. */
  readonly #watches = new Map<object, number>();

  constructor(id: ConversationId, start: Position, limits: WindowLimits) {
    this.#id = id;
    this.#epoch = start.epoch;
    this.#window = new KeptWindow(limits, start.seq);
  }

  get head(): Position {
    return { epoch: this.#epoch, seq: this.#window.head };
  }

  /** All of them, or none when `fence` is stale. */
  append(bodies: readonly LoggedEventBody[], fence: number | undefined): Position {
    if (fence !== undefined && this.holder?.fence !== fence)
      throw new ChatError('conflict', { message: 'Another gateway has taken over this conversation.' });
    for (const body of bodies) this.#window.add(place(body, this.#id, this.#window.head + 1));
    return this.head;
  }

  /** Events that have their places already: the next ones. */
  add(events: readonly LoggedEvent[]): void {
    for (const event of events) this.#window.add(event);
  }

  read(): Kept {
    return { head: this.head, events: this.#window.after(this.#window.floor) };
  }

  /** What comes after the cursor; undefined when nothing does yet. `slow`: why a reader that has been served before is reset. */
  readAfter(
    { epoch, seq }: Position,
    gap: Extract<ResetReason, 'slow' | 'gap-not-kept'>,
  ): LogRead | undefined {
    const { head, floor } = this.#window;
    if (epoch !== this.#epoch) return this.#reset('epoch-changed');
    if (seq > head) return this.#reset('ahead');
    if (seq < floor) return this.#reset(gap);
    return seq === head ? undefined : { kind: 'events', events: this.#window.after(seq) };
  }

  #reset(why: ResetReason): LogRead {
    return { kind: 'reset', why, position: this.head };
  }

  wait(waiter: Waiter): void {
    this.#waiting.add(waiter);
  }

  stopWaiting(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  /** Hands over everybody who waits. */
  takeWaiting(): Iterable<Waiter> {
    if (this.#waiting.size === 0) return [];
    const waiting = this.#waiting;
    this.#waiting = new Set();
    return waiting;
  }

  /** When the last watch ends or has ended; undefined when none is remembered. */
  get watchedUntilMs(): number | undefined {
    return this.#watches.size === 0 ? undefined : Math.max(...this.#watches.values());
  }

  /** It ends later than each that is over already: those are forgotten. */
  holdWatch(watch: object, untilMs: number, nowMs: number): void {
    for (const [other, endMs] of this.#watches) if (endMs < nowMs) this.#watches.delete(other);
    this.#watches.set(watch, untilMs);
  }

  releaseWatch(watch: object, nowMs: number): void {
    if ((this.#watches.get(watch) ?? 0) > nowMs) this.holdWatch(watch, nowMs, nowMs);
  }

  /** Whether nobody would miss it: no reader waits, nobody holds or watches it, untouched since `sinceMs`. */
  isIdle(sinceMs: number, nowMs: number): boolean {
    const isHeld = this.holder !== undefined && this.holder.untilMs > nowMs;
    const isWatched = (this.watchedUntilMs ?? 0) >= sinceMs;
    return this.#waiting.size === 0 && !isHeld && !isWatched && this.touchedAtMs <= sinceMs;
  }
}

/** The event at its place. */
export function place(body: LoggedEventBody, conversationId: ConversationId, seq: number): LoggedEvent {
  // A delta names no conversation, which it would otherwise repeat thousands of times.
  return 'at' in body ? { ...body, seq } : { ...body, conversationId, seq };
}
