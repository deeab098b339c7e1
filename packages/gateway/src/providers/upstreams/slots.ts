/** How many requests one upstream answers at once, and who waits for the next free slot. */
import { ChatError } from '@rivulet/protocol';
import type { Clock, Timer } from '../../base/index.ts';
import { createFairQueue, type FairQueue, type Waiter } from './fair-queue.ts';

/** The bounds of one upstream. */
export interface SlotLimits {
  /** Requests at once. */
  maxRequests: number;
  /** Requests that wait. */
  maxWaiting: number;
  /** How long one waits. */
  maxWaitMs: number;
}

/** The slots of one upstream. */
export interface Slots {
  readonly active: number;
  readonly waiting: number;
  /** Whether a slot is free and nobody waits. */
  hasFree(): boolean;
  /** Takes a slot if one is free and nobody waits. */
  tryTake(): boolean;
  /**
   * Waits for a slot, in turn with the other sites and visitors.
   * @returns whether the slot was taken; not when the signal aborted
   * @throws {ChatError} `upstream-overloaded` when too many wait already, or the wait was too long
   */
  wait(who: Waiter, signal: AbortSignal): Promise<boolean>;
  /** Gives a slot back, to whoever is next. */
  release(): void;
}

interface Waiting extends Waiter {
  settle(outcome: 'taken' | 'aborted' | ChatError): void;
}

/** When to try again, for a visitor who was refused: answers end all the time. */
const RETRY_AFTER_MS = 5_000;
const overloaded = (why: string) =>
  new ChatError('upstream-overloaded', { retryAfterMs: RETRY_AFTER_MS, cause: new Error(why) });

/** Creates the slots of one upstream, all of them free. */
export function createSlots(clock: Clock, { maxRequests, maxWaiting, maxWaitMs }: SlotLimits): Slots {
  const queue = createFairQueue<Waiting>();
  let active = 0;
  return {
    get active() {
      return active;
    },
    get waiting() {
      return queue.size;
    },
    hasFree: () => active < maxRequests && queue.size === 0,
    tryTake() {
      if (!this.hasFree()) return false;
      active += 1;
      return true;
    },
    wait(who, signal) {
      if (signal.aborted) return Promise.resolve(false);
      if (this.tryTake()) return Promise.resolve(true);
      if (queue.size >= maxWaiting) {
        const other = queue.giveWay(who);
        if (other === undefined)
          return Promise.reject(
            overloaded('limits.maxUpstreamWaiting answers wait for the upstream already'),
          );
        other.settle(overloaded('an answer gave way to a visitor with fewer waiting ones'));
      }
      return new Promise((resolve, reject) => {
        enqueue({ clock, queue, who, signal, maxWaitMs }, { resolve, reject });
      });
    },
    release() {
      const next = queue.next();
      // The slot is handed on, so that nobody who comes in between takes it.
      if (next === undefined) active -= 1;
      else next.settle('taken');
    },
  };
}

interface Enqueued {
  clock: Clock;
  queue: FairQueue<Waiting>;
  who: Waiter;
  signal: AbortSignal;
  maxWaitMs: number;
}

/** Adds one to the queue until it is settled: by its turn, by its signal or by the time. */
function enqueue(
  { clock, queue, who, signal, maxWaitMs }: Enqueued,
  { resolve, reject }: { resolve: (isTaken: boolean) => void; reject: (error: ChatError) => void },
): void {
  const waiting: Waiting = {
    siteId: who.siteId,
    visitorId: who.visitorId,
    settle(outcome) {
      queue.remove(waiting);
      timer.cancel();
      signal.removeEventListener('abort', abort);
      if (outcome instanceof ChatError) reject(outcome);
      else resolve(outcome === 'taken');
    },
  };
  const abort = () => {
    waiting.settle('aborted');
  };
  const timer: Timer = clock.after(maxWaitMs, () => {
    waiting.settle(overloaded(`no slot was free for limits.upstreamWaitMs, ${maxWaitMs} ms`));
  });
  signal.addEventListener('abort', abort, { once: true });
  queue.add(waiting);
}
