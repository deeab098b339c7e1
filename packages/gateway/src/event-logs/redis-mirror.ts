/**
 * A local copy of the kept window of one conversation, shared by its readers and viewers on this node. Each read from Redis gets
 * only what is newer than the copy, so the whole window is downloaded once.
 *
 * While the mirror is followed, it receives events as they are published. It subscribes before it loads, so that no event is missed
 * in between. It loads again after anything that may have lost events: a gap in `seq`, or a reconnect. Events that arrive while it
 * loads are not applied; they cause another read.
 */
import type { ConversationId, LoggedEvent, Position } from '@rivulet/protocol';
import { coalesce, type Clock } from '../base/index.ts';
import type { Kept } from './event-log.ts';
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
  /** Reads the position of the newest event. */
  readHead(id: ConversationId, seen: Position | undefined): Promise<Position>;
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
  #isFollowed = false;
  #isSubscribed = false;
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

  /**
   * Reads the kept window: it contains every event that Redis had at the time of the call.
   * @throws {ChatError} `internal` when Redis fails
   */
  readonly read: () => Promise<Kept> = coalesce(() => this.#readOnce());

  /** Reads the position of the newest event that Redis had at the time of the call. @throws {ChatError} `internal` */
  readonly readHead: () => Promise<Position> = coalesce(() =>
    this.#source.readHead(this.#id, this.#log?.head),
  );

  /** Begins to receive events. The first viewer to `reach` a cursor subscribes. */
  follow(): void {
    this.#isFollowed = true;
  }

  /** Stops receiving events when the last viewer has left, and wakes waiting readers. The copy can still be read. */
  unfollow(): void {
    this.#isFollowed = false;
    this.#isSubscribed = false;
    this.#wake(this.#log);
  }

  /** Resolves once the mirror can serve the cursor, which may be newer than the events that have arrived here so far. */
  async reach({ epoch, seq }: Position): Promise<void> {
    const head = this.#log?.head;
    if (!this.#isSubscribed || head?.epoch !== epoch || seq > head.seq) await this.load();
  }

  /** Called after a reconnect: events that were published meanwhile have not arrived. */
  resubscribe(): void {
    this.#isSubscribed = false;
    void this.load();
  }

  /** Subscribes and reads new events, with retries. Resolves when the mirror is complete or not followed; never rejects. */
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

  #settledHead(): Position | undefined {
    if (this.#loading !== undefined) this.#isBehind = true;
    return this.#loading === undefined ? this.#log?.head : undefined;
  }

  async #loadUntilWhole(): Promise<void> {
    while (this.#isBehind && this.#isFollowed) {
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
    await this.read();
  }

  async #readOnce(): Promise<Kept> {
    const log = this.#install(await this.#source.read(this.#id, this.#log?.head));
    this.readAtMs = this.#source.clock.now();
    return log.read();
  }

  #install({ head, events }: KeptAfter): MemoryLog {
    const before = this.#log;
    const start = head.seq - events.length;
    if (before?.head.epoch === head.epoch && start <= before.head.seq) {
      // Some of the events may have arrived through the channel, or with the reply to an append, during the read.
      const { seq: newest } = before.head;
      const missing = events.filter(({ seq }) => seq > newest);
      if (missing.length > 0) this.#add(missing);
      return before;
    }
    // Another epoch, or a gap longer than the window: waiting readers get a reset from the new log.
    const log = new MemoryLog(this.#id, { epoch: head.epoch, seq: start }, this.#source.limits);
    log.add(events);
    this.#log = log;
    this.#wake(before);
    return log;
  }

  #add(events: readonly LoggedEvent[]): void {
    this.#log?.add(events);
    this.#wake(this.#log);
  }

  #wake(log: MemoryLog | undefined): void {
    if (log !== undefined) this.#source.wakeupScheduler.wake(log);
  }
}
