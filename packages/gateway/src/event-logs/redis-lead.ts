/**
 * A conversation whose lease this gateway holds. Nobody else gives sequence numbers under its epoch, so this gateway gives them itself
 * and shows the events to its viewers at once; Redis is told afterwards.
 */
import type { Position } from '@rivulet/protocol';

/** A lease that was acquired. */
export interface LeadOptions {
  fence: number;
  ttlMs: number;
  /** The position of the newest event. */
  head: Position;
  /** When the lease was asked for, in milliseconds of `performance.now`. */
  askedAtMs: number;
}

/** Redis counts whole milliseconds: a lease may end that much earlier there. */
const ROUNDING_MS = 1;

/** The right to number the events of one conversation. */
export class Lead {
  readonly fence: number;
  readonly #epoch: string;
  #seq: number;
  #ttlMs: number;
  #untilMs: number;
  /** Whether other gateways have viewers of the conversation, which wait for what is written. */
  isEager = true;

  constructor({ fence, ttlMs, head, askedAtMs }: LeadOptions) {
    this.fence = fence;
    this.#epoch = head.epoch;
    this.#seq = head.seq;
    this.#ttlMs = ttlMs;
    this.#untilMs = askedAtMs + ttlMs - ROUNDING_MS;
  }

  /** For how long the lease was asked for. */
  get ttlMs(): number {
    return this.#ttlMs;
  }

  /** The position of the newest event. */
  get head(): Position {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** Whether another gateway may have taken over, as far as the clock of this one tells: it may have been stopped for a while. */
  isOverdue(): boolean {
    return performance.now() > this.#untilMs;
  }

  /** The lease was extended. */
  extend(ttlMs: number, askedAtMs: number): void {
    this.#ttlMs = ttlMs;
    this.#untilMs = askedAtMs + ttlMs - ROUNDING_MS;
  }

  /** Whether events that begin at the position follow the newest one. */
  isNext({ epoch, seq }: Position): boolean {
    return epoch === this.#epoch && seq === this.#seq + 1;
  }

  /** Numbers the next events. @returns the position of the first one */
  place(count: number): Position {
    const first = { epoch: this.#epoch, seq: this.#seq + 1 };
    this.#seq += count;
    return first;
  }
}
