/** All that the client takes from the place it runs in; a browser's is in browser-environment.ts, tests bring their own. */
import type { Clock, RandomBytes } from '@rivulet/protocol';

/** What a socket tells: `opened` at most once, then texts, then `closed` exactly once, also when it never opened. */
export interface SocketHandlers {
  opened(): void;
  text(frame: string): void;
  closed(code: number, reason: string): void;
}

export interface Socket {
  /** Only between `opened` and `closed`. */
  send(frame: string): void;
  /** `code` is 1000 or of 3000 to 4999: a page may not send others. */
  close(code: number, reason: string): void;
}

/** Where strings are kept for this origin. Every verb may throw: blocked cookies, a full disk, a sandboxed frame. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * `visible`: somebody looks again (visible, focus, pageshow). `online` and `offline`: what the system says of its network;
 * `offline` also when the page is left, perhaps to be come back to.
 */
export type Sign = 'visible' | 'online' | 'offline';

/** Locks among the tabs of one browser. A tab that dies lets go of all of its own: the browser sees to that. */
export interface TabLocks {
  /**
   * `wait`: in line behind whoever holds it. `try`: only if it is free. `steal`: at once, from whoever holds it. Nothing is
   * told in the same call, or after the release. @returns the way to let go, also of the place in the line.
   */
  hold(name: string, how: LockWay, reported: LockNews): () => void;
}

export type LockWay = 'wait' | 'try' | 'steal';

export interface LockNews {
  held: () => void;
  /** It was stolen. */
  lost: () => void;
  /** This page may not lock; or it was tried, and is not free. */
  failed: () => void;
}

/** To all other tabs of this origin that opened it under the same name; in order, never to itself. */
export interface TabChannel {
  /** A value that can be cloned. */
  post(message: unknown): void;
  /** May be called twice. */
  close(): void;
}

export interface Environment {
  readonly clock: Clock;
  /** From a cryptographic source. */
  readonly random: RandomBytes;
  /** null: there is none, or it may not be touched. */
  readonly storage: KeyValueStorage | null;
  /** Calls back once, soon: with the next frame in a page that is seen. */
  schedule(callback: () => void): void;
  openSocket(url: string, subprotocol: string, handlers: SocketHandlers): Socket;
  /** As the platform's own. */
  readonly fetch: typeof globalThis.fetch;
  /** @returns the way to end it. */
  onSign(listener: (sign: Sign) => void): () => void;
  /** false only when the system is sure. */
  isOnline(): boolean;
  /** Absent: every tab has a line of its own. */
  readonly locks?: TabLocks | undefined;
  /** undefined: the page may not. */
  channel?(name: string, received: (message: unknown) => void): TabChannel | undefined;
  /** A listener of the site threw: told where its developer looks, never swallowed. */
  readonly report: (error: unknown) => void;
}

/** A number of [0, 1) out of the environment's random source: for jitter. */
export function randomFraction(random: RandomBytes): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
