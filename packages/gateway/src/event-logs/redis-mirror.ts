/**
 * A local copy of the kept window of one conversation, shared by its readers and viewers on this node. Each read from Redis gets
 * only what is newer than the copy, so the whole window is downloaded once.
 *
 * While the mirror is followed, it receives events as they are published. It subscribes before it loads, so that no event is missed
 * in between. It loads again after anything that may have lost events: a gap in `seq`, or a reconnect. Events that arrive while it
 * loads are not applied; they cause another read.
 *
 * While this node leads the conversation, the mirror is ahead of Redis, and nothing but this node writes to it.
 */
import type { ConversationId, LoggedEvent, Position } from '@rivulet/protocol';
import { coalesce, type Clock } from '../base/index.ts';
import { floorOf, type Kept } from './event-log.ts';
import type { WindowLimits } from './kept-window.ts';
import { MemoryLog, place } from './memory-log.ts';
import type { Appended } from './local-copies.ts';
import type { KeptAfter } from './redis-commands.ts';
import type { WakeupScheduler } from './wakeup-scheduler.ts';

/** Delay before a failed read is retried: about the time that Redis takes to restart. */
const RETRY_MS = 500;
/**
 * A publication may be lost. The next one shows the gap; when there is none, the position of Redis is compared so long after the last one.
 * A publication that nothing followed is found within the second time.
 */
const QUIET_MS = 1_000;
const COMPARE_MS = 30_000;

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
  /** Asks Redis whether this node still leads the conversation. */
  verify(id: ConversationId): Promise<void>;
  /** Another node has appended to a conversation that this node leads. */
  onForeign(id: ConversationId): void;
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
  readonly id: ConversationId;
  readonly #source: MirrorSource;
  #log: MemoryLog | undefined;
  #loading: Promise<void> | undefined;
  /** Redis may have events that the mirror does not have. */
  #isBehind = false;
  #isFollowed = false;
  #isSubscribed = false;
  #isLed = false;
  /** Redis may have kept events from before the first one of the copy. */
  #isPartial = false;
  /** When events arrived last, and when the position was compared last, in milliseconds since 1970. */
  #receivedAtMs = 0;
  #comparedAtMs: number;
  /** When it was last read from Redis, in milliseconds since 1970. */
  readAtMs = 0;

  constructor(id: ConversationId, source: MirrorSource) {
    this.id = id;
    this.#source = source;
    this.#comparedAtMs = source.clock.now();
  }

  /** The current copy; undefined before the first read. It is replaced after a gap or a change of the epoch. */
  get log(): MemoryLog | undefined {
    return this.#log;
  }

  /** Whether Redis tells this node of events of the conversation. */
  get isSubscribed(): boolean {
    return this.#isSubscribed;
  }

  /**
   * Reads the kept window: it contains every event that Redis had at the time of the call.
   * @throws {ChatError} `internal` when Redis fails
   */
  readonly read: () => Promise<Kept> = coalesce(() => this.#readOnce());

  /** Reads the position of the newest event that Redis had at the time of the call. @throws {ChatError} `internal` */
  readonly readHead: () => Promise<Position> = coalesce(() =>
    this.#isLed && this.#log !== undefined
      ? Promise.resolve(this.#log.head)
      : this.#source.readHead(this.id, this.#log?.head),
  );

  /** This node numbers the events from now on. @param appended the newest events, which this node has appended */
  lead({ first, bodies }: Appended): void {
    const before = this.#log;
    const { epoch, seq } = before?.head ?? { epoch: '', seq: 0 };
    if (before === undefined || epoch !== first.epoch || seq < first.seq - 1 || seq > lastOf(first, bodies)) {
      this.#log = new MemoryLog(this.id, { epoch: first.epoch, seq: first.seq - 1 }, this.#source.limits);
      this.#isPartial = first.seq > 1;
      this.#wake(before);
    }
    this.#isLed = true;
    this.receiveLed({ first, bodies });
  }

  /** Redis numbers the events from now on. @param isWhole nobody else has appended while this node led */
  unlead(isWhole: boolean): void {
    this.#isLed = false;
    if (this.#isFollowed && !(isWhole && this.#isSubscribed && !this.#isPartial)) void this.load();
    else if (this.#isPartial) this.#log = undefined;
  }

  /** Adds events that this node has numbered. */
  receiveLed({ first, bodies }: Appended): void {
    const newest = this.#log?.head.seq ?? 0;
    const events = bodies.map((body, index) => place(body, this.id, first.seq + index));
    if (events.length > 0) this.#add(newest < first.seq ? events : events.filter(({ seq }) => seq > newest));
  }

  /** The copy of a conversation that this node leads. */
  readLed(): Kept {
    return this.#log?.read() ?? { head: { epoch: '', seq: 0 }, events: [] };
  }

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
    const isThere = head?.epoch === epoch && seq <= head.seq;
    if (this.#isSubscribed && isThere) return;
    const loaded = this.load();
    if (!this.#isLed || !isThere) await loaded;
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

  /** Compares the position with that of Redis when that is due. */
  async compare(): Promise<void> {
    const nowMs = this.#source.clock.now();
    const isQuiet = this.#receivedAtMs > this.#comparedAtMs && nowMs - this.#receivedAtMs >= QUIET_MS;
    if (this.#isLed || !this.#isSubscribed || !(isQuiet || nowMs - this.#comparedAtMs >= COMPARE_MS)) return;
    this.#comparedAtMs = nowMs;
    const { epoch, seq } = await this.readHead();
    const head = this.#settledHead();
    if (head !== undefined && (epoch !== head.epoch || seq > head.seq)) await this.load();
  }

  /** Applies events from the channel: those of other nodes and of this one. */
  receive({ epoch, first, last, decode }: Published): void {
    if (this.#isLed) {
      if (epoch !== this.#log?.head.epoch || last > this.#log.head.seq) this.#source.onForeign(this.id);
      return;
    }
    this.#receivedAtMs = this.#source.clock.now();
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
    this.#add(bodies.map((body, index) => place(body, this.id, first.seq + index)));
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
      await this.#source.subscribe(this.id).catch((error: unknown) => {
        this.#isSubscribed = false;
        throw error;
      });
    }
    if (this.#isLed) await this.#source.verify(this.id);
    if (!this.#isLed) await this.read();
  }

  async #readOnce(): Promise<Kept> {
    if (this.#isLed && !this.#isPartial && this.#log !== undefined) return this.#log.read();
    const log = this.#install(
      await this.#source.read(this.id, this.#isPartial ? undefined : this.#log?.head),
    );
    this.readAtMs = this.#source.clock.now();
    return log.read();
  }

  #install(kept: KeptAfter): MemoryLog {
    const before = this.#log;
    const { head, events } = kept;
    const start = floorOf(kept);
    if (before?.head.epoch === head.epoch && (this.#isPartial || start <= before.head.seq)) {
      const log = this.#isPartial ? this.#complete(before, kept) : before;
      // Some of the events may have arrived through the channel, or with the reply to an append, during the read.
      const { seq: newest } = log.head;
      const missing = events.filter(({ seq }) => seq > newest);
      if (missing.length > 0) this.#add(missing);
      return log;
    }
    if (before !== undefined && this.#isLed) {
      this.#source.onForeign(this.id);
      return before; // it is loaded again when it is no longer led
    }
    // Another epoch, or a gap longer than the window: waiting readers get a reset from the new log.
    return this.#replace(head.epoch, start, events);
  }

  /** The copy with the older events that Redis has kept. */
  #complete(partial: MemoryLog, { events }: KeptAfter): MemoryLog {
    this.#isPartial = false;
    const newer = partial.read();
    const floor = floorOf(newer);
    const older = events.filter(({ seq }) => seq <= floor);
    if (older.at(-1)?.seq !== floor) return partial;
    const start = floorOf({ head: newer.head, events: older });
    return this.#replace(newer.head.epoch, start, [...older, ...newer.events]);
  }

  #replace(epoch: string, seq: number, events: readonly LoggedEvent[]): MemoryLog {
    const before = this.#log;
    const log = new MemoryLog(this.id, { epoch, seq }, this.#source.limits);
    log.add(events);
    this.#log = log;
    this.#isPartial = false;
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

const lastOf = (first: Position, { length }: Appended['bodies']): number => first.seq + length - 1;
