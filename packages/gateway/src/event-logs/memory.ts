/** The event log of a gateway that is one process: everything in memory, nothing awaited. */
import {
  ChatError,
  type ConversationId,
  type LoggedEventBody,
  type Position,
  type RandomBytes,
} from '@rivulet/protocol';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { randomBytes } from '../base/random.ts';
import type {
  AppendOptions,
  EventLog,
  Kept,
  Lease,
  LogRead,
  BroadcastMessage,
  SubscribeOptions,
  Watch,
} from './event-log.ts';
import { DEFAULT_WINDOW, type WindowLimits } from './kept-window.ts';
import { mintEpoch } from './epoch.ts';
import { MemoryLog } from './memory-log.ts';
import { MemorySubscription } from './memory-subscription.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

export interface MemoryEventLogOptions {
  clock?: Clock;
  random?: RandomBytes;
  /** What is kept of each conversation: whichever bound is reached first drops the oldest. Default: 4,096 events, 1 Mi characters. */
  window?: Partial<WindowLimits>;
}

/**
 * A conversation that nobody writes, reads or leases is forgotten after ten to twenty minutes; it begins a new epoch when it
 * is next touched, so a viewer that comes back after that gets a snapshot.
 */
export function createMemoryEventLog(options: MemoryEventLogOptions = {}): EventLog {
  return new MemoryEventLog(options);
}

/** Longer than a phone's nap or a node's restart, in which a viewer should get a replay. */
const IDLE_MS = 10 * 60_000;

class MemoryEventLog implements EventLog {
  readonly isShared = false;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #limits: WindowLimits;
  readonly #logs = new Map<ConversationId, MemoryLog>();
  readonly #wakeupScheduler: WakeupScheduler;
  /** Grows over all conversations, so that forgetting one cannot make a fence come back. */
  #fence = 0;
  #sweep: Timer | undefined;
  readonly #listeners = new Set<(broadcastMessage: BroadcastMessage) => void>();
  #isClosed = false;

  constructor({ clock = systemClock, random = randomBytes, window = {} }: MemoryEventLogOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = { ...DEFAULT_WINDOW, ...window };
    this.#wakeupScheduler = new WakeupScheduler(clock);
  }

  append(
    id: ConversationId,
    events: readonly LoggedEventBody[],
    { lease }: AppendOptions = {},
  ): Promise<Position> {
    return settle(() => {
      const log = this.#log(id);
      if (lease !== undefined && lease.conversationId !== id)
        throw new TypeError('the lease is of another conversation');
      const head = log.append(events, lease?.fence);
      if (events.length > 0) this.#wakeupScheduler.add(log.takeWaiting());
      return head;
    });
  }

  read(id: ConversationId): Promise<Kept> {
    return settle(() => this.#log(id).read());
  }

  subscribe(id: ConversationId, options: SubscribeOptions): AsyncIterable<LogRead> {
    return new MemorySubscription(options, () => (this.#isClosed ? undefined : this.#log(id)));
  }

  acquireLease(id: ConversationId, ttlMs: number): Promise<Lease | undefined> {
    return settle(() => {
      const log = this.#log(id);
      const nowMs = this.#clock.now();
      if (log.holder !== undefined && log.holder.untilMs > nowMs) return undefined;
      this.#fence += 1;
      log.holder = { fence: this.#fence, untilMs: nowMs + ttlMs };
      return this.#createLease(id, this.#fence);
    });
  }

  #createLease(conversationId: ConversationId, fence: number): Lease {
    const held = () => {
      const log = this.#logs.get(conversationId);
      return log?.holder?.fence === fence ? log : undefined;
    };
    return {
      conversationId,
      fence,
      renew: (ttlMs) => {
        const log = held();
        if (log !== undefined) log.holder = { fence, untilMs: this.#clock.now() + ttlMs };
        return Promise.resolve(log !== undefined);
      },
      release: () => {
        const log = held();
        if (log !== undefined) log.holder = undefined;
        return Promise.resolve();
      },
    };
  }

  watch(id: ConversationId): Watch {
    let isReleased = false;
    const watch: Watch = {
      hold: (ttlMs) =>
        settle(() => {
          const nowMs = this.#clock.now();
          if (!isReleased) this.#log(id).holdWatch(watch, nowMs + ttlMs, nowMs);
        }),
      release: () => {
        isReleased = true;
        this.#logs.get(id)?.releaseWatch(watch, this.#clock.now());
        return Promise.resolve();
      },
    };
    return watch;
  }

  unwatchedForMs(id: ConversationId): Promise<number> {
    return settle(() => {
      this.#throwIfClosed();
      const untilMs = this.#logs.get(id)?.watchedUntilMs ?? -Infinity;
      return Math.max(0, this.#clock.now() - untilMs);
    });
  }

  broadcast(broadcastMessage: BroadcastMessage): Promise<void> {
    return settle(() => {
      this.#throwIfClosed();
      for (const handle of this.#listeners) handle(broadcastMessage);
    });
  }

  listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void> {
    this.#listeners.add(handle);
    return Promise.resolve(() => this.#listeners.delete(handle));
  }

  /** Who waits is woken and finds another epoch. */
  erase(id: ConversationId): Promise<void> {
    return settle(() => {
      const log = this.#logs.get(id);
      this.#logs.delete(id);
      if (log !== undefined) this.#wakeupScheduler.add(log.takeWaiting());
    });
  }

  check(): Promise<void> {
    return settle(() => {
      this.#throwIfClosed();
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#sweep?.cancel();
    for (const log of this.#logs.values()) this.#wakeupScheduler.add(log.takeWaiting());
    this.#logs.clear();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #log(id: ConversationId): MemoryLog {
    this.#throwIfClosed();
    let log = this.#logs.get(id);
    if (log === undefined) {
      log = new MemoryLog(id, { epoch: mintEpoch(this.#random), seq: 0 }, this.#limits);
      this.#logs.set(id, log);
      this.#sweep ??= this.#clock.after(IDLE_MS, this.#forgetIdle);
    }
    log.touchedAtMs = this.#clock.now();
    return log;
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new ChatError('internal', { message: 'The event log is closed.' });
  }

  /** Runs only while there are logs: an empty gateway sets no timer. 100,000 logs take some 5 ms. */
  readonly #forgetIdle = (): void => {
    const nowMs = this.#clock.now();
    for (const [id, log] of this.#logs) if (log.isIdle(nowMs - IDLE_MS, nowMs)) this.#logs.delete(id);
    this.#sweep = this.#logs.size > 0 ? this.#clock.after(IDLE_MS, this.#forgetIdle) : undefined;
  };
}

/** Runs at once, within the call, so that appends are ordered as they were called; what it throws rejects. */
function settle<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    try {
      resolve(work());
    } catch (error) {
      reject(ChatError.from(error));
    }
  });
}
