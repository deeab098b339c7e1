/**
 * What this node keeps of a conversation that somebody here watches: the same window, shared by its viewers. It is subscribed
 * first and then read, so nothing is missed between; whatever could have been missed later (a place that does not follow, a
 * cut line) is read again. While it is read, events that come only say that it must be read once more.
 */
import type { ConversationId, LoggedEvent, Position } from '@rivulet/protocol';
import type { Clock } from '../base/clock.ts';
import type { WindowLimits } from './kept-window.ts';
import { MemoryLog, place } from './memory-log.ts';
import type { Appended } from './redis-appends.ts';
import type { KeptAfter } from './redis-commands.ts';
import type { WakeupScheduler } from './wakeup-scheduler.ts';

/** Redis is away: half a second is what its restart takes. */
const RETRY_MS = 500;

export interface MirrorSource {
  clock: Clock;
  limits: WindowLimits;
  wakeupScheduler: WakeupScheduler;
  /** Resolves when events of the conversation reach this node. */
  subscribe(id: ConversationId): Promise<unknown>;
  read(id: ConversationId, seen: Position | undefined): Promise<KeptAfter>;
  onError(error: unknown): void;
}

/** Events on the conversation's channel; decoded only when they are new here. */
export interface Published {
  epoch: string;
  first: number;
  last: number;
  decode: () => readonly LoggedEvent[];
}

export class RedisMirror {
  readonly #id: ConversationId;
  readonly #source: MirrorSource;
  #log: MemoryLog | undefined;
  #loading: Promise<void> | undefined;
  /** Something may have come that is not here. */
  #isBehind = false;
  #isSubscribed = false;
  #isDropped = false;
  /** When it was last read as a whole. */
  readAtMs = 0;

  constructor(id: ConversationId, source: MirrorSource) {
    this.#id = id;
    this.#source = source;
  }

  /** undefined before it was first read. */
  get log(): MemoryLog | undefined {
    return this.#log;
  }

  /** Resolves once the mirror can tell what comes after the cursor: its place may be newer than what has come here so far. */
  async reach({ epoch, seq }: Position): Promise<void> {
    const head = this.#log?.head;
    if (head?.epoch !== epoch || seq > head.seq) await this.load();
  }

  /** The line was cut: what was published meanwhile has not come. */
  resubscribe(): void {
    this.#isSubscribed = false;
    void this.load();
  }

  /** Reads what is new. Resolves when the mirror is whole, however often that takes; never rejects. */
  load(): Promise<void> {
    this.#isBehind = true;
    return (this.#loading ??= this.#loadUntilWhole().finally(() => {
      this.#loading = undefined;
    }));
  }

  /** What other nodes have appended, and this one. */
  receive({ epoch, first, last, decode }: Published): void {
    const head = this.#settledHead();
    if (head === undefined) return;
    // Ours came with the reply already.
    if (epoch === head.epoch && last <= head.seq) return;
    if (epoch === head.epoch && first === head.seq + 1) this.#add(decode());
    else void this.load();
  }

  /** What this node has appended, when nothing of another's is on its way before it; otherwise it comes through the channel. */
  receiveOwn({ first, bodies }: Appended): void {
    const head = this.#settledHead();
    if (head?.epoch !== first.epoch || first.seq !== head.seq + 1 || bodies.length === 0) return;
    this.#add(bodies.map((body, index) => place(body, this.#id, first.seq + index)));
  }

  /** Nobody watches any more. Wakes whoever still waits. */
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
      // Before it is awaited: a line that is cut meanwhile takes it back.
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
    // Another epoch, or more was missed than is kept: who waits has fallen out of the window and is told so.
    this.#log = new MemoryLog(this.#id, { epoch: head.epoch, seq: start }, this.#source.limits);
    this.#log.add(events);
    this.#wake(before);
  }

  #add(events: readonly LoggedEvent[]): void {
    this.#log?.add(events);
    this.#wake(this.#log);
  }

  #wake(log: MemoryLog | undefined): void {
    if (log !== undefined) this.#source.wakeupScheduler.add(log.takeWaiting());
  }
}
