/**
 * Appends on their way to Redis. Those of one conversation and one turn of the loop are one command; one command of a
 * conversation is on its way at a time, and what comes meanwhile is the next one: at once when idle, merged when behind.
 */
import { ChatError, type ConversationId, type LoggedEventBody, type Position } from '@rivulet/protocol';
import type { RedisCommands } from './redis-commands.ts';

/** Beyond it a conversation is behind by more than the window would keep: its writer is told. */
const MAX_WAITING_EVENTS = 8_192;
/** Lua's stack holds 8,000 arguments; this many keep Redis busy for about a millisecond. */
const MAX_BATCH_EVENTS = 512;

/** Conversations that one node writes at a time, and more. */
const MAX_REMEMBERED = 10_000;

/** What was given its places: the epoch, the `seq` of the first, the events. */
export interface Appended {
  first: Position;
  bodies: readonly LoggedEventBody[];
}

interface Entry {
  bodies: readonly LoggedEventBody[];
  json: readonly string[];
  fence: number | undefined;
  resolve: (position: Position) => void;
  reject: (error: unknown) => void;
}

interface Queue {
  id: ConversationId;
  entries: Entry[];
  waitingEvents: number;
  flight: Promise<void> | undefined;
  /** Those that are on their way. */
  batch: readonly Entry[];
}

export interface RedisAppendsOptions {
  commands: RedisCommands;
  /** Called before the appends resolve. */
  onAppended: (id: ConversationId, appended: Appended) => void;
  /** Runs what sends several commands as one write to the socket. */
  together: (send: () => void) => void;
}

export class RedisAppends {
  readonly #options: RedisAppendsOptions;
  readonly #queues = new Map<ConversationId, Queue>();
  /** The last place of each conversation that was written lately: a Redis that stands before it has lost events. */
  readonly #seen = new Map<ConversationId, Position>();
  #due = new Set<Queue>();
  /** Numbers of all appends: a command that is sent again is known by its own. */
  #number = 0;

  constructor(options: RedisAppendsOptions) {
    this.#options = options;
  }

  append(
    id: ConversationId,
    bodies: readonly LoggedEventBody[],
    fence: number | undefined,
  ): Promise<Position> {
    // Within the call: the caller may change its events afterwards, and what cannot be written takes no place.
    const json = bodies.map((body) => JSON.stringify('at' in body ? body : { ...body, conversationId: id }));
    const queue = this.#queueOf(id);
    if (queue.waitingEvents + json.length > MAX_WAITING_EVENTS && queue.entries.length > 0)
      throw new ChatError('internal', { message: 'The event log is too far behind.' });
    return new Promise((resolve, reject) => {
      queue.entries.push({ bodies: [...bodies], json, fence, resolve, reject });
      queue.waitingEvents += json.length;
      if (queue.flight === undefined) this.#schedule(queue);
    });
  }

  /** Resolves when what was appended before has its places, or was refused. */
  async settled(id: ConversationId): Promise<void> {
    for (let queue = this.#queues.get(id); queue !== undefined; queue = this.#queues.get(id))
      await (queue.flight ?? this.#nextIteration());
  }

  async allSettled(): Promise<void> {
    await Promise.all([...this.#queues.keys()].map((id) => this.settled(id)));
  }

  /** Gives up what has no places yet: a line that was cut as it was closed answers nobody (ioredis keeps the commands for later). */
  close(): void {
    const closed = new ChatError('internal', { message: 'The event log was closed.' });
    for (const { batch, entries } of this.#queues.values())
      for (const { reject } of [...batch, ...entries.splice(0)]) reject(closed);
  }

  #queueOf(id: ConversationId): Queue {
    let queue = this.#queues.get(id);
    if (queue === undefined) {
      queue = { id, entries: [], waitingEvents: 0, flight: undefined, batch: [] };
      this.#queues.set(id, queue);
    }
    return queue;
  }

  #schedule(queue: Queue): void {
    if (this.#due.size === 0)
      setImmediate(() => {
        const due = this.#due;
        this.#due = new Set();
        this.#options.together(() => {
          for (const each of due) each.flight = this.#fly(each);
        });
      });
    this.#due.add(queue);
  }

  #nextIteration(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  /** Until nothing waits; then the conversation is forgotten here. */
  async #fly(queue: Queue): Promise<void> {
    while (queue.entries.length > 0) {
      queue.batch = takeBatch(queue);
      await this.#send(queue, queue.batch);
    }
    this.#queues.delete(queue.id);
  }

  #remember(id: ConversationId, position: Position): void {
    this.#seen.delete(id);
    this.#seen.set(id, position);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MAX_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
  }

  async #send(queue: Queue, batch: readonly Entry[]): Promise<void> {
    this.#number += 1;
    const command = {
      bodies: batch.flatMap(({ json }) => json),
      fence: batch[0]?.fence,
      seen: this.#seen.get(queue.id),
      number: this.#number,
    };
    try {
      const first = await this.#options.commands.append(queue.id, command);
      const bodies = batch.flatMap((entry) => entry.bodies);
      this.#remember(queue.id, { epoch: first.epoch, seq: first.seq + bodies.length - 1 });
      this.#options.onAppended(queue.id, { first, bodies });
      let seq = first.seq - 1;
      for (const entry of batch) {
        seq += entry.bodies.length;
        entry.resolve({ epoch: first.epoch, seq });
      }
    } catch (error) {
      for (const { reject } of batch) reject(ChatError.from(error));
    }
  }
}

/** The oldest that are written under one lease; each whole, for its events are seen together. */
function takeBatch(queue: Queue): readonly Entry[] {
  const fence = queue.entries[0]?.fence;
  let events = queue.entries[0]?.json.length ?? 0;
  let count = 1;
  for (const entry of queue.entries.slice(1)) {
    events += entry.json.length;
    if (entry.fence !== fence || events > MAX_BATCH_EVENTS) break;
    count += 1;
  }
  const batch = queue.entries.splice(0, count);
  for (const { json } of batch) queue.waitingEvents -= json.length;
  return batch;
}
