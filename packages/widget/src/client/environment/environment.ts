/** What the client needs from the platform. browser-environment.ts implements it for browsers, testing/ for tests. */
import type { Clock, RandomBytes } from '@rivulet/protocol';

/**
 * Callbacks of a socket: `opened` at most once, then `text` for each frame, then `closed` exactly once, also when it never
 * opened.
 */
export interface SocketHandlers {
  /** The connection is open. */
  opened(): void;
  /** A text frame arrived. A binary frame is passed as an empty text, which the codec rejects and counts. */
  text(frame: string): void;
  /** The connection is closed. `code` is a WebSocket close code; 1006 when no close frame arrived. */
  closed(code: number, reason: string): void;
}

/** A WebSocket. */
export interface Socket {
  /** Sends a text frame. Call it only between `opened` and `closed`. */
  send(frame: string): void;
  /** Closes the connection. `code` is 1000 or 3000 to 4999: browsers allow no others. */
  close(code: number, reason: string): void;
}

/**
 * Stores strings for this origin, as `localStorage` does. Every method may throw: blocked cookies, a full disk, a sandboxed
 * frame.
 */
export interface KeyValueStorage {
  /** The stored string; null when there is none. */
  getItem(key: string): string | null;
  /** Stores a string in place of an earlier one. */
  setItem(key: string, value: string): void;
  /** Removes a string. Does nothing when there is none. */
  removeItem(key: string): void;
}

/**
 * A signal of the page. `visible`: the visitor has returned to the page (visibilitychange, focus, pageshow). `online` and
 * `offline`: the network state of the system changed. `left`: the page is left (pagehide), and may be kept in the back-forward cache,
 * where it must hold no lock, channel or connection. `restored`: it is back from there.
 */
export type Sign = 'visible' | 'online' | 'offline' | 'left' | 'restored';

/** Exclusive locks between the tabs of one browser. The browser releases the locks of a tab that closes or crashes. */
export interface TabLocks {
  /**
   * Requests the lock `name`. No callback is called before `hold` returns, or after the release.
   * @returns a function that releases the lock or cancels the request
   */
  hold(name: string, how: LockWay, reported: LockNews): () => void;
}

/**
 * How a lock is requested. `wait`: after those that wait already. `try`: only if it is free. `steal`: at once, from its holder.
 */
export type LockWay = 'wait' | 'try' | 'steal';

/** Callbacks of a lock request: `held` or `failed`; after `held`, at most one `lost`. */
export interface LockNews {
  /** This tab holds the lock. */
  held: () => void;
  /** Another tab has stolen the lock. */
  lost: () => void;
  /** The page may not use locks; or the lock was requested with `try` and is not free. */
  failed: () => void;
}

/**
 * A broadcast channel to all other tabs of this origin that opened the same name. Messages arrive in order, never at the
 * sender.
 */
export interface TabChannel {
  /** Sends a message, which must be structured-cloneable. */
  post(message: unknown): void;
  /** Closes the channel. May be called twice. */
  close(): void;
}

/** The platform that a client runs on. Pass your own to run a client outside a browser. */
export interface Environment {
  /** The time and all timers of the client. */
  readonly clock: Clock;
  /** Returns random bytes from a cryptographic source: ids must not be guessable. */
  readonly random: RandomBytes;
  /**
   * Storage of this origin; null when there is none, or the page may not access it. The client then keeps its values in memory.
   */
  readonly storage: KeyValueStorage | null;
  /** Calls `callback` once, soon and not in the same call: before the next frame in a visible page. */
  schedule(callback: () => void): void;
  /** Opens a WebSocket. The handlers are called after it returns. */
  openSocket(url: string, subprotocol: string, handlers: SocketHandlers): Socket;
  /** As the `fetch` of the platform. */
  readonly fetch: typeof globalThis.fetch;
  /** Calls `listener` for each signal of the page. @returns a function that unsubscribes */
  onSign(listener: (sign: Sign) => void): () => void;
  /** Whether the system may have a network; false only when it certainly has none. */
  isOnline(): boolean;
  /** Absent when the platform has none: every tab then has a connection of its own. */
  readonly locks?: TabLocks | undefined;
  /** Opens a channel to the other tabs. Absent, or returns undefined, when the page may not: tabs are then not synchronized. */
  channel?(name: string, received: (message: unknown) => void): TabChannel | undefined;
  /** Reports an error that a listener of the site threw, where the site's developer sees it. */
  readonly report: (error: unknown) => void;
}

/** A random number from 0 to below 1, for jitter. Has 16 bits. */
export function randomFraction(random: RandomBytes): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
