/**
 * What a gateway is about to write to one conversation in Redis, in order. One command is on its way at a time; what is asked for
 * meanwhile is merged into the next ones.
 */
import { ChatError, type ConversationId, type LoggedEventBody, type Position } from '@rivulet/protocol';
import type { Lead } from './redis-lead.ts';

/** More than a kept window holds: an append beyond it fails, unless it was shown. */
const MAX_WAITING_EVENTS = 8_192;
/** Keeps Redis busy for about a millisecond; Lua's stack would hold 8,000 arguments. */
const MAX_BATCH_EVENTS = 512;

/** How long text is collected that only viewers of this gateway read, and have: a crash loses it. */
export const COLLECT_MS = 40;

/** Events to append. */
export interface AppendEntry {
  kind: 'append';
  bodies: readonly LoggedEventBody[];
  /** The JSON of each event. */
  json: readonly string[];
  fence: number | undefined;
  /** The position of the first event that the viewers of this gateway were shown; undefined when they have not seen it yet. */
  told: Position | undefined;
  resolve: (position: Position) => void;
  reject: (error: unknown) => void;
}

/** A lease to acquire. */
export interface AcquireEntry {
  kind: 'acquire';
  ttlMs: number;
  /** With the fence; with undefined while another holder has the lease. */
  resolve: (fence: number | undefined) => void;
  reject: (error: unknown) => void;
}

/** A lease to release. */
export interface ReleaseEntry {
  kind: 'release';
  fence: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** One thing to write. */
export type Entry = AppendEntry | AcquireEntry | ReleaseEntry;

/** What one command writes: it acquires, appends and releases, in this order. */
export interface Batch {
  acquire: AcquireEntry | undefined;
  appends: AppendEntry[];
  release: ReleaseEntry | undefined;
}

/** The entries of a batch, in no particular order. */
export const entriesOf = ({ acquire, appends, release }: Batch): Entry[] => [
  ...(acquire === undefined ? [] : [acquire]),
  ...appends,
  ...(release === undefined ? [] : [release]),
];

/** The queue of one conversation. */
export class WriteQueue {
  readonly id: ConversationId;
  /** Not sent yet. */
  entries: Entry[] = [];
  /** How many events the entries have. */
  waitingEvents = 0;
  /** What is on its way. */
  batch: Batch | undefined;
  /** The newest append. Appends end in the order of the calls. */
  newest: Promise<unknown> = Promise.resolve();
  /** What was shown is being written again. */
  isBeingRestored = false;
  /** Somebody waits for the entries. */
  isAwaited = false;
  /** When nothing but text was last sent that the viewers of this gateway had. */
  #textSentMs = -Infinity;
  /** While this gateway holds the lease and shows events before Redis has them. */
  lead: Lead | undefined;

  constructor(id: ConversationId) {
    this.id = id;
  }

  /** Adds an entry at the end. */
  push(entry: Entry): void {
    this.entries.push(entry);
    this.waitingEvents += eventsOf(entry);
  }

  /** Puts entries back that were taken, before the others. */
  putBack(entries: readonly Entry[]): void {
    this.entries.unshift(...entries);
    for (const entry of entries) this.waitingEvents += eventsOf(entry);
  }

  /** How many events Redis has not acknowledged. */
  get unacknowledged(): number {
    const sent = this.batch?.appends ?? [];
    return sent.reduce((sum, { bodies }) => sum + bodies.length, this.waitingEvents);
  }

  /** Removes all entries. */
  takeAll(): Entry[] {
    this.waitingEvents = 0;
    return this.entries.splice(0);
  }

  /** Whether something waits, or is on its way, that the viewers of this gateway have not seen. */
  get hasHidden(): boolean {
    return [...(this.batch?.appends ?? []), ...this.entries].some(isHidden);
  }

  /**
   * Whether the viewers of this gateway may see an entry before Redis has it. The end of a run they may not: a takeover could withdraw it,
   * and a reply that has ended would run again. What comes after it keeps its place. Nor may they see what comes after a release: it is
   * written when the lease is gone, and whoever read Redis until then, with the position that was shown, would take the log for lost.
   */
  mayShow({ bodies }: AppendEntry): boolean {
    return !bodies.some(({ type }) => type === 'run-finished') && !this.hasHidden && !this.#isReleasing;
  }

  get #isReleasing(): boolean {
    return this.batch?.release !== undefined || this.entries.some(({ kind }) => kind === 'release');
  }

  /** Whether so many further events are too many: Redis is slow or away. */
  isFull(count: number): boolean {
    return this.waitingEvents + count > MAX_WAITING_EVENTS && this.entries.length > 0;
  }

  /** Whether an entry waits for which somebody waits: not only text that the viewers of this gateway have, and that no other has asked for. */
  isUrgent(): boolean {
    if (this.entries.length === 0) this.isAwaited = false;
    return (
      this.entries.length > 0 &&
      (this.isAwaited || this.lead?.isEager !== false || !this.entries.every(isShownText))
    );
  }

  /**
   * Whether nothing waits but one text, or the beginning of one, that viewers of other gateways wait for: nothing belongs to it that this
   * turn of the event loop would add. Redis works on it while the viewers of this gateway are sent the same.
   */
  isAwaitedElsewhere(): boolean {
    const [only, ...more] = this.entries;
    return this.lead?.isEager === true && only !== undefined && more.length === 0 && isShownNews(only);
  }

  /** Whether text was sent a moment ago, so that more is collected. The first text of an answer, and that of a slow one, goes at once. */
  isCollecting(nowMs: number): boolean {
    return nowMs - this.#textSentMs < COLLECT_MS;
  }

  /** Removes the oldest entries that one command can write. An append is not split, because its events become visible together. */
  takeBatch(nowMs: number): Batch {
    const batch: Batch = { acquire: undefined, appends: [], release: undefined };
    let events = 0;
    let count = 0;
    for (const entry of this.entries) {
      if (entry.kind === 'append') events += entry.bodies.length;
      if (!fits(entry, batch) || (events > MAX_BATCH_EVENTS && batch.appends.length > 0)) break;
      if (entry.kind === 'append') batch.appends.push(entry);
      else if (entry.kind === 'acquire') batch.acquire = entry;
      else batch.release = entry;
      count += 1;
    }
    if (this.entries.slice(0, count).every(isShownText)) this.#textSentMs = nowMs;
    this.entries = this.entries.slice(count);
    for (const { bodies } of batch.appends) this.waitingEvents -= bodies.length;
    return batch;
  }

  /** Removes the appends that the viewers of this gateway were shown. */
  takeTold(): AppendEntry[] {
    const isTold = (entry: Entry): entry is AppendEntry =>
      entry.kind === 'append' && entry.told !== undefined;
    const told = this.entries.filter(isTold);
    this.entries = this.entries.filter((entry) => !isTold(entry));
    for (const { bodies } of told) this.waitingEvents -= bodies.length;
    return told;
  }
}

const eventsOf = (entry: Entry): number => (entry.kind === 'append' ? entry.bodies.length : 0);
const isHidden = (entry: Entry): boolean => entry.kind === 'append' && entry.told === undefined;

const isShownText = (entry: Entry): boolean =>
  entry.kind === 'append' && entry.told !== undefined && entry.bodies.every((body) => 'at' in body);

const isShownNews = (entry: Entry): boolean =>
  entry.kind === 'append' &&
  entry.told !== undefined &&
  entry.bodies.every((body) => 'at' in body || body.type === 'part-started');

/** A batch has one fence. An acquisition, which has none yet, comes before its appends; nothing comes after a release. */
function fits(entry: Entry, { acquire, appends: [first], release }: Batch): boolean {
  if (release !== undefined) return false;
  if (entry.kind === 'acquire') return acquire === undefined && first?.fence === undefined && !first?.told;
  if (entry.kind === 'release')
    return acquire === undefined && (first === undefined || first.fence === entry.fence);
  if (acquire !== undefined && entry.fence !== undefined) return false;
  if (first === undefined) return acquire === undefined || entry.told === undefined;
  return entry.fence === first.fence && (entry.told === undefined) === (first.told === undefined);
}

/** A batch that writes nothing. */
export const emptyBatch = (): Batch => ({ acquire: undefined, appends: [], release: undefined });

/** Rejects all entries of a batch. A lease that was lost needs no release. */
export function rejectBatch({ release, ...batch }: Batch, error: unknown): void {
  const reason = ChatError.from(error);
  for (const { reject } of entriesOf({ ...batch, release: undefined })) reject(reason);
  if (reason.code === 'conflict') release?.resolve();
  else release?.reject(reason);
}
