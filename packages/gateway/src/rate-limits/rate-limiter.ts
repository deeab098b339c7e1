/**
 * The interface of a rate limiter: it counts uses within a window of time, and holds places of which only so many exist. It decides
 * always: when what it shares with other gateways is away, it decides by what this gateway knows.
 */
import type { CountedLimit } from '../base/index.ts';

/** How many uses a key may have within a window. */
export interface Rate {
  /** Which limit this is: each has keys, and room for keys, of its own. */
  name: CountedLimit;
  /** Who is limited: a visitor, an address, a site. */
  key: string;
  /** The uses that are allowed in one window, at least 1. */
  limit: number;
  /** The length of a window in whole seconds. It begins with the first use. */
  windowSeconds: number;
}

/** What became of a use. */
export interface Taken {
  isAllowed: boolean;
  /** The uses of the window that are known, with this one. Above the limit it may stay where it is. */
  count: number;
  /** When it was refused: the milliseconds until the window ends, at least 1. */
  retryAfterMs: number;
}

/** One of the places of a key, such as that of a conversation with a running answer. */
export interface Place {
  /** Which limit this is. */
  name: CountedLimit;
  /** Whose places are counted. */
  key: string;
  /** What occupies the place. The same occupant has one place, however often it takes it. */
  occupant: string;
  /** How many occupants the key may have, at least 1. */
  limit: number;
}

/** Counts uses and places. No method rejects, and none waits for longer than `MAX_DECISION_MS`. */
export interface RateLimiter {
  /** Counts a use, also when it is refused. */
  take(rate: Rate): Promise<Taken>;
  /** Takes one use of the current window back; no effect when the window has ended. */
  giveBack(rate: Rate): Promise<void>;
  /** Takes a place, or another hold of the place that the occupant has. @returns false when all places are taken */
  occupy(place: Place): Promise<boolean>;
  /** Ends one hold; the place is free when its last hold has ended. No effect without a hold. */
  vacate(place: Place): Promise<void>;
  /** Connects to what is shared, and learns of the other gateways. Resolves also when that is away. May be called again. */
  start?(): Promise<void>;
  /** Releases timers and connections. May be called twice. */
  close(): Promise<void>;
}

/** The longest time that a decision takes when the shared server does not answer. */
export const MAX_DECISION_MS = 500;
