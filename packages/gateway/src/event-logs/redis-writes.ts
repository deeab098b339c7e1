/**
 * What one gateway writes to Redis: appends and leases, in one pipelined call for all conversations that have something to write.
 *
 * While the gateway holds the lease of a conversation, its viewers see an event before Redis has it. Text that no other gateway has
 * viewers for is collected for a while. When Redis is away, or has lost its data, the viewers of this gateway go on; when it is back,
 * what they were shown is written again as a whole.
 */
import { ChatError, type ConversationId, type LoggedEventBody, type Position } from '@rivulet/protocol';
import type { Appended } from './local-copies.ts';
import { BatchWriter, type WrittenBatch } from './redis-batch-writer.ts';
import { LostEventsError } from './redis-commands.ts';
import { FlushScheduler } from './redis-flush-scheduler.ts';
import { Lead } from './redis-lead.ts';
import { NOT_WRITTEN, restore } from './redis-restore.ts';
import type { RedisWritesOptions } from './redis-writes-options.ts';
import {
  emptyBatch,
  entriesOf,
  rejectBatch,
  WriteQueue,
  type AppendEntry,
  type Batch,
} from './redis-write-queue.ts';

/** Batches and sends what one gateway writes. */
export class RedisWrites {
  readonly #options: RedisWritesOptions;
  /** By conversation: those with something to write, and those that this gateway leads. */
  readonly queues = new Map<ConversationId, WriteQueue>();
  readonly #writer: BatchWriter;
  readonly #flushes: FlushScheduler;
  /** Whether the last command has failed without an answer. */
  #isAway = false;
  #isClosed = false;

  constructor(options: RedisWritesOptions) {
    this.#options = options;
    this.#writer = new BatchWriter(options.commands);
    this.#flushes = new FlushScheduler(options.clock, (queues) => {
      this.#sendAll(queues);
    });
  }

  /**
   * Queues events. @returns the position of the last one, once Redis has it.
   * @throws {ChatError} `conflict` when `fence` is stale; `internal` when the queue is too long or Redis fails.
   */
  append(
    id: ConversationId,
    bodies: readonly LoggedEventBody[],
    fence: number | undefined,
  ): Promise<Position> {
    // Serialised within the call: the caller may change its events afterwards, and an event without a JSON form must throw here.
    const json = bodies.map((body) => JSON.stringify('at' in body ? body : { ...body, conversationId: id }));
    const queue = this.#queueOf(id);
    const lead = this.#leadFor(queue, fence);
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    const entry: AppendEntry = {
      ...{ kind: 'append', bodies: [...bodies], json, fence, told: undefined },
      ...{ resolve, reject },
    };
    if (lead !== undefined && this.#mayShow(queue, lead, entry)) this.#show(queue, lead, entry);
    else if (queue.isFull(bodies.length))
      throw new ChatError('internal', { message: 'The event log is too far behind.' }); // Redis is slow or away
    queue.push(entry);
    queue.newest = promise;
    this.#schedule(queue);
    return promise;
  }

  /** Acquires the lease. @returns its fence, or undefined while another holder has it. */
  acquire(id: ConversationId, ttlMs: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const queue = this.#queueOf(id);
      queue.push({ kind: 'acquire', ttlMs, resolve, reject });
      this.#schedule(queue);
    });
  }

  /** Gives the lease up, after all earlier appends; no effect when it was lost. */
  release(id: ConversationId, fence: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queueOf(id);
      queue.push({ kind: 'release', fence, resolve, reject });
      this.#schedule(queue);
    });
  }

  /** Extends the lease to `ttlMs` from now. @returns false when it was lost. */
  async renew(id: ConversationId, fence: number, ttlMs: number): Promise<boolean> {
    const askedAtMs = performance.now();
    const state = await this.#options.commands.renew(id, fence, ttlMs);
    const queue = this.queues.get(id);
    const lead = queue?.lead;
    if (queue === undefined || lead?.fence !== fence) return state.kind === 'held';
    if (state.kind === 'lost') {
      this.#drain(queue, () => this.#restore(queue, lead, emptyBatch()));
      return true;
    }
    if (state.kind === 'held') lead.extend(ttlMs, askedAtMs);
    if (state.kind === 'stale' || state.head.epoch !== lead.head.epoch) this.#stepDown(queue);
    return state.kind === 'held';
  }

  /** Whether the viewers of this gateway have all that it has appended to the conversation, which it leads. */
  hasShownAll(id: ConversationId): boolean {
    const queue = this.queues.get(id);
    return queue?.lead !== undefined && !queue.hasHidden;
  }

  /** Asks Redis whether this gateway still leads the conversation: somebody may have appended unobserved. */
  async verify(id: ConversationId): Promise<void> {
    const lead = this.queues.get(id)?.lead;
    if (lead !== undefined) await this.renew(id, lead.fence, lead.ttlMs);
  }

  /** The connection to Redis is back: it may have lost its data. Resolves when that is known, and the appends until now are written. */
  async reconnected(): Promise<void> {
    const led = [...this.queues].filter(([, { lead }]) => lead !== undefined);
    await Promise.all(led.map(([id]) => this.verify(id).catch(this.#options.onError)));
    await this.allSettled();
  }

  /** Another gateway has appended to a conversation that this one leads, or it was erased. */
  stopLeading(id: ConversationId): void {
    const queue = this.queues.get(id);
    if (queue?.lead !== undefined) this.#stepDown(queue);
  }

  /** Resolves when all earlier appends of the conversation have succeeded or failed. It does not wait for later ones. */
  async settled(id: ConversationId): Promise<void> {
    const queue = this.queues.get(id);
    if (queue === undefined) return;
    queue.isAwaited = true;
    if (queue.entries.length > 0) this.#schedule(queue);
    await queue.newest.catch(() => undefined); // its caller handles the error
  }

  /** Resolves when all earlier appends of all conversations have succeeded or failed. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.queues.keys()].map((id) => this.settled(id)));
  }

  /** Rejects everything that is pending. ioredis would keep its commands for a reconnect that never happens, and never answer. */
  close(): void {
    this.#isClosed = true;
    const closed = new ChatError('internal', { message: 'The event log was closed.' });
    for (const { batch = emptyBatch(), entries } of this.queues.values())
      for (const { reject } of [...entriesOf(batch), ...entries.splice(0)]) reject(closed);
  }

  #queueOf(id: ConversationId): WriteQueue {
    let queue = this.queues.get(id);
    if (queue === undefined) this.queues.set(id, (queue = new WriteQueue(id)));
    return queue;
  }

  /** @returns undefined when another fence is meant than that of this gateway */
  #leadFor({ lead }: WriteQueue, fence: number | undefined): Lead | undefined {
    return fence === undefined || fence === lead?.fence ? lead : undefined;
  }

  /** While Redis cannot be reached, nobody can tell who leads: the viewers here go on. Otherwise Redis is asked once the lease is over. */
  #mayShow(queue: WriteQueue, lead: Lead, entry: AppendEntry): boolean {
    const isSure = !lead.isOverdue() || queue.isBeingRestored || this.#isAway || !this.#options.isConnected();
    return isSure && queue.mayShow(entry);
  }

  #show(queue: WriteQueue, lead: Lead, entry: AppendEntry): void {
    entry.told = lead.place(entry.bodies.length);
    this.#options.copies.receiveLed(queue.id, { first: entry.told, bodies: entry.bodies });
    // What was shown can be read again, so that a long absence of Redis does not cost memory twice.
    if (queue.isFull(entry.bodies.length)) entry.json = [];
  }

  #stepDown(queue: WriteQueue, isReleased = false): void {
    queue.lead = undefined;
    this.#options.copies.unlead(queue.id, isReleased);
  }

  #schedule(queue: WriteQueue): void {
    if (queue.batch !== undefined) return; // what is on its way is followed by the rest
    if (queue.isAwaitedElsewhere()) this.#flushes.now(queue);
    else if (queue.isUrgent() || !queue.isCollecting(this.#options.clock.now())) this.#flushes.soon(queue);
    else this.#flushes.later(queue);
  }

  #sendAll(queues: Iterable<WriteQueue>): void {
    if (this.#isClosed) return;
    this.#options.sendCorked(() => {
      for (const queue of queues)
        if (queue.batch === undefined && queue.entries.length > 0)
          this.#drain(queue, () => this.#sendNext(queue));
    });
  }

  /** Does `first`, then sends what has become urgent meanwhile. A queue that has nothing more to do is dropped. */
  #drain(queue: WriteQueue, first: () => Promise<void>): void {
    if (queue.batch !== undefined) return; // what is on its way finds out the same
    queue.batch = emptyBatch();
    void first().then(async () => {
      while (queue.isUrgent()) await this.#sendNext(queue);
      queue.batch = undefined;
      if (queue.entries.length > 0) this.#schedule(queue);
      else if (queue.lead === undefined) this.queues.delete(queue.id);
    });
  }

  async #sendNext(queue: WriteQueue): Promise<void> {
    const batch = (queue.batch = queue.takeBatch(this.#options.clock.now()));
    try {
      if (batch.appends.some(({ json, bodies }) => json.length < bodies.length)) throw new LostEventsError();
      const written = await this.#writer.write(queue.id, batch);
      this.#isAway = false;
      this.#applyWritten(queue, batch, written);
    } catch (error) {
      await this.#handleFailure(queue, batch, error);
    }
  }

  #applyWritten(
    queue: WriteQueue,
    { acquire, appends, release }: Batch,
    { first, acquired, told: receivers, stop, askedAtMs }: WrittenBatch,
  ): void {
    const bodies =
      appends.length === 1 ? (appends[0]?.bodies ?? []) : appends.flatMap((entry) => entry.bodies);
    const { epoch } = first;
    const told = appends[0]?.told;
    if (acquire !== undefined && acquired !== undefined && this.#options.deliver === 'at-once')
      this.#lead(queue, { fence: acquired, ttlMs: acquire.ttlMs, askedAtMs, appended: { first, bodies } });
    else if (told === undefined && queue.lead?.isNext(first) === true) {
      queue.lead.place(bodies.length);
      this.#options.copies.receiveLed(queue.id, { first, bodies });
    } else if (told?.epoch !== epoch || told.seq !== first.seq) {
      if (queue.lead !== undefined) this.#stepDown(queue);
      this.#options.copies.receiveOwn(queue.id, { first, bodies });
    } else if (queue.lead !== undefined)
      queue.lead.isEager = receivers > (this.#options.copies.isSubscribed(queue.id) ? 1 : 0);
    if (stop !== undefined) this.#options.onStopped(queue.id, stop);
    acquire?.resolve(acquired);
    let seq = first.seq - 1;
    for (const entry of appends) entry.resolve({ epoch, seq: (seq += entry.bodies.length) });
    if (release !== undefined && queue.lead?.fence === release.fence) this.#stepDown(queue, true);
    release?.resolve();
  }

  #lead(
    queue: WriteQueue,
    { appended, ...lease }: { fence: number; ttlMs: number; askedAtMs: number; appended: Appended },
  ): void {
    const { first, bodies } = appended;
    const head = { epoch: first.epoch, seq: first.seq + bodies.length - 1 };
    const lead = (queue.lead = new Lead({ ...lease, head }));
    this.#options.copies.lead(queue.id, appended);
    for (const entry of queue.takeAll()) {
      const isOwn = entry.kind === 'append' && (entry.fence === undefined || entry.fence === lead.fence);
      if (isOwn && queue.mayShow(entry)) this.#show(queue, lead, entry);
      queue.push(entry);
    }
  }

  async #handleFailure(queue: WriteQueue, batch: Batch, error: unknown): Promise<void> {
    const { lead } = queue;
    const isRefused = error instanceof ChatError && error.code === 'conflict';
    if (!isRefused && !(error instanceof LostEventsError)) this.#isAway = true;
    const isLed = lead !== undefined && batch.acquire === undefined && fenceOf(batch, lead) === lead.fence;
    if (isLed && !isRefused && !this.#isClosed) {
      const restored = this.#restore(queue, lead, batch);
      if (!(error instanceof LostEventsError)) this.#options.onUnanswered(error, restored);
      await restored;
      return;
    }
    if (isLed) this.#stepDown(queue);
    rejectBatch(
      batch,
      error instanceof LostEventsError ? new ChatError('conflict', { message: NOT_WRITTEN }) : error,
    );
  }

  /** Writes all that the viewers of this gateway were shown, until it succeeds or another gateway has taken over. */
  async #restore(queue: WriteQueue, lead: Lead, batch: Batch): Promise<void> {
    queue.batch = batch;
    const options = { ...this.#options, isClosed: () => this.#isClosed };
    try {
      queue.isBeingRestored = true;
      const { head } = await restore(options, { queue, lead, batch });
      this.#isAway = false;
      this.#writer.remember(queue.id, head);
      for (const { told, bodies, resolve } of batch.appends)
        if (told !== undefined) resolve({ ...head, seq: told.seq + bodies.length - 1 });
      const hidden = batch.appends.filter(({ told }) => told === undefined);
      queue.putBack(batch.release === undefined ? hidden : [...hidden, batch.release]);
      if (head.epoch !== lead.head.epoch) this.#stepDown(queue);
    } catch (error) {
      if (queue.lead === lead) this.#stepDown(queue);
      rejectBatch(batch, error);
    } finally {
      queue.isBeingRestored = false;
    }
  }
}

/** The fence that a batch is written under. Appends without one that were shown belong to the lead. */
const fenceOf = ({ appends: [first], release }: Batch, lead: Lead): number | undefined =>
  release?.fence ??
  first?.fence ??
  (first === undefined || first.told !== undefined ? lead.fence : undefined);
