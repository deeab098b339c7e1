/** The event log of a single gateway process: everything is in memory. */
import {
  ChatError,
  type ConversationId,
  type LoggedEventBody,
  type Position,
  type RandomBytes,
} from '@rivulet/protocol';
import { type Clock, randomBytes, settle, systemClock, type Timer } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import type {
  AppendOptions,
  EventLog,
  Kept,
  Lease,
  BroadcastMessage,
  SubscribeOptions,
  Watch,
} from './event-log.ts';
import { DEFAULT_WINDOW, type WindowLimits } from './kept-window.ts';
import { mintEpoch } from './epoch.ts';
import { MemoryLog } from './memory-log.ts';
import { MemorySubscription } from './memory-subscription.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

/** Options of `createMemoryEventLog`. */
export interface MemoryEventLogOptions {
  /** Default: the system clock. */
  clock?: Clock;
  /** Source of the epochs. Default: cryptographic random bytes. */
  random?: RandomBytes;
  /** Bounds of what is kept of each conversation. Default: 4,096 events, 1 Mi characters. */
  window?: Partial<WindowLimits>;
}

/**
 * Creates an event log in memory. The log of a conversation that nobody writes, reads or leases is dropped after ten to twenty
 * minutes. The conversation starts a new epoch at its next use, so a viewer that returns after that gets a snapshot.
 */
export function createMemoryEventLog(options: MemoryEventLogOptions = {}): EventLog {
  return new MemoryEventLog(options);
}

/** Longer than a phone sleeps or a node restarts: a viewer that returns within this time gets a replay. */
const IDLE_MS = 10 * 60_000;

class MemoryEventLog implements EventLog {
  readonly isShared = false;
  readonly isReachable = true;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #limits: WindowLimits;
  readonly #logs = new Map<ConversationId, MemoryLog>();
  readonly #wakeupScheduler: WakeupScheduler;
  /** One counter for all conversations, so that a fence is not reused after the log of a conversation was dropped. */
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

  /** A memory is always reachable: nothing is ever called. */
  onReachable(): () => void {
    return () => undefined;
  }

  append(
    id: ConversationId,
    events: readonly LoggedEventBody[],
    { lease }: AppendOptions = {},
  ): Promise<Position> {
    return settle(() => {
      const log = this.#log(id);
      if (lease !== undefined && lease.conversationId !== id)
        throw new EventLogError(
          'wrong-lease',
          'The lease belongs to another conversation. Append with the lease that was acquired for this one.',
        );
      const head = log.append(events, lease?.fence);
      if (events.length > 0) this.#wakeupScheduler.wake(log);
      return head;
    });
  }

  read(id: ConversationId): Promise<Kept> {
    return settle(() => this.#log(id).read());
  }

  head(id: ConversationId): Promise<Position> {
    return settle(() => this.#log(id).head);
  }

  subscribe(id: ConversationId, options: SubscribeOptions): Promise<void> {
    return new MemorySubscription(options, () => (this.#isClosed ? undefined : this.#log(id))).start();
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

  /** Waiting readers are woken and find another epoch. */
  erase(id: ConversationId): Promise<void> {
    return settle(() => {
      const log = this.#logs.get(id);
      this.#logs.delete(id);
      if (log !== undefined) this.#wakeupScheduler.wake(log);
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
    for (const log of this.#logs.values()) this.#wakeupScheduler.wake(log);
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

  /** Runs only while there are logs, so an idle gateway sets no timer. A pass over 100,000 logs takes about 5 ms. */
  readonly #forgetIdle = (): void => {
    const nowMs = this.#clock.now();
    for (const [id, log] of this.#logs) if (log.isIdle(nowMs - IDLE_MS, nowMs)) this.#logs.delete(id);
    this.#sweep = this.#logs.size > 0 ? this.#clock.after(IDLE_MS, this.#forgetIdle) : undefined;
  };
}
