/**
 * A local copy of the kept window of one conversation, shared by its viewers on this node. It subscribes before it reads, so
 * that no event is missed in between. It reads again after anything that may have lost events: a gap in `seq`, or a
 * reconnect. Events that arrive during a read are not applied; they cause another read.
 */
import type { ConversationId, LoggedEvent, Position } from '@rivulet/protocol';
import type { Clock } from '../base/index.ts';
import type { WindowLimits } from './kept-window.ts';
import { MemoryLog, place } from './memory-log.ts';
import type { Appended } from './redis-appends.ts';
import type { KeptAfter } from './redis-commands.ts';
import type { WakeupScheduler } from './wakeup-scheduler.ts';

/** Delay before a failed read is retried: about the time that Redis takes to restart. */
const RETRY_MS = 500;

/** What a mirror needs from its node. */
export interface MirrorSource {
  clock: Clock;
  limits: WindowLimits;
  wakeupScheduler: WakeupScheduler;
  /** Resolves once the node is subscribed to the events of the conversation. */
  subscribe(id: ConversationId): Promise<unknown>;
  /** Reads the kept events after `seen`. */
  read(id: ConversationId, seen: Position | undefined): Promise<KeptAfter>;
  /** Called with each failed read; the mirror retries. */
  onError(error: unknown): void;
}

/** A message on the conversation's channel. Its events are decoded only when they are new to this node. */
export interface Published {
  epoch: string;
  /** The `seq` of the first event. */
  first: number;
  /** The `seq` of the last event. */
  last: number;
  decode: () => readonly LoggedEvent[];
}

/** The mirror of one conversation. */
export class RedisMirror {
  readonly #id: ConversationId;
  readonly #source: MirrorSource;
  #log: MemoryLog | undefined;
  #loading: Promise<void> | undefined;
  /** Redis may have events that the mirror does not have. */
  #isBehind = false;
  #isSubscribed = false;
  #isDropped = false;
  /** When it was last read from Redis, in milliseconds since 1970. */
  readAtMs = 0;

  constructor(id: ConversationId, source: MirrorSource) {
    this.#id = id;
    this.#source = source;
  }

  /** The current copy; undefined before the first read. It is replaced after a gap or a change of the epoch. */
  get log(): MemoryLog | undefined {
    return this.#log;
  }

  /** Resolves once the mirror can serve the cursor, which may be newer than the events that have arrived here so far. */
  async reach({ epoch, seq }: Position): Promise<void> {
    const head = this.#log?.head;
    if (head?.epoch !== epoch || seq > head.seq) await this.load();
  }

  /** Called after a reconnect: events that were published meanwhile have not arrived. */
  resubscribe(): void {
    this.#isSubscribed = false;
    void this.load();
  }

  /** Reads new events, with retries. Resolves when the mirror is complete; never rejects. */
  load(): Promise<void> {
    this.#isBehind = true;
    return (this.#loading ??= this.#loadUntilWhole().finally(() => {
      this.#loading = undefined;
    }));
  }

  /** Applies events from the channel: those of other nodes and of this one. */
  receive({ epoch, first, last, decode }: Published): void {
    const head = this.#settledHead();
    if (head === undefined) return;
    // Events of this node were applied already, with the reply to their append.
    if (epoch === head.epoch && last <= head.seq) return;
    if (epoch === head.epoch && first === head.seq + 1) this.#add(decode());
    else void this.load();
  }

  /** Applies events that this node has appended, when they follow the head. Otherwise they arrive through the channel. */
  receiveOwn({ first, bodies }: Appended): void {
    const head = this.#settledHead();
    if (head?.epoch !== first.epoch || first.seq !== head.seq + 1 || bodies.length === 0) return;
    this.#add(bodies.map((body, index) => place(body, this.#id, first.seq + index)));
  }

  /** Stops the mirror when the last viewer has left, and wakes waiting readers. */
  drop(): void {
    this.#isDropped = true;
    this.#wake(this.#log);
  }

  #settledHead(): Position | undefined {
    if (this.#loading !== undefined) this.#isBehind = true;
    return this.#loading === undefined ? this.#log?.head : undefined;
  }

  async #loadUntilWhole(): Promise<void> {
    while (this.#isBehind && !this.#isDropped) {
      this.#isBehind = false;
      try {
        await this.#loadOnce();
      } catch (error) {
        this.#isBehind = true;
        this.#source.onError(error);
        await new Promise<void>((resolve) => void this.#source.clock.after(RETRY_MS, resolve));
      }
    }
  }

  async #loadOnce(): Promise<void> {
    if (!this.#isSubscribed) {
      // Set before the await: a disconnect meanwhile resets it.
      this.#isSubscribed = true;
      await this.#source.subscribe(this.#id).catch((error: unknown) => {
        this.#isSubscribed = false;
        throw error;
      });
    }
    const seen = this.#log?.head;
    this.#install(await this.#source.read(this.#id, seen), seen);
    this.readAtMs = this.#source.clock.now();
  }

  #install({ head, events }: KeptAfter, seen: Position | undefined): void {
    const before = this.#log;
    const start = head.seq - events.length;
    if (before !== undefined && head.epoch === seen?.epoch && start === seen.seq) {
      if (events.length > 0) this.#add(events);
      return;
    }
    // Another epoch, or a gap longer than the window: waiting readers get a reset from the new log.
    this.#log = new MemoryLog(this.#id, { epoch: head.epoch, seq: start }, this.#source.limits);
    this.#log.add(events);
    this.#wake(before);
  }

  #add(events: readonly LoggedEvent[]): void {
    this.#log?.add(events);
    this.#wake(this.#log);
  }

  #wake(log: MemoryLog | undefined): void {
    if (log !== undefined) this.#source.wakeupScheduler.wake(log);
  }
}
