/**
 * The queues of appends to Redis, one per conversation. Appends made in one event-loop iteration are merged into one command.
 * A conversation has one command in flight at a time; appends made meanwhile are merged into the next one.
 */
import { ChatError, type ConversationId, type LoggedEventBody, type Position } from '@rivulet/protocol';
import type { RedisCommands } from './redis-commands.ts';

/** More than a kept window holds: an append beyond it fails. */
const MAX_WAITING_EVENTS = 8_192;
/** Keeps Redis busy for about a millisecond; Lua's stack would hold 8,000 arguments. */
const MAX_BATCH_EVENTS = 512;

/** More conversations than one node writes at a time. */
const MAX_REMEMBERED = 10_000;

/** Events that Redis has given sequence numbers. */
export interface Appended {
  /** The position of the first event; the others follow without a gap. */
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
  inFlight: Promise<void> | undefined;
  /** The entries of the command in flight. */
  batch: readonly Entry[];
  /** The newest append. Appends end in the order of the calls. */
  newest: Promise<unknown>;
}

/** Options of `RedisAppends`. */
export interface RedisAppendsOptions {
  commands: RedisCommands;
  /** Called before the appends resolve. */
  onAppended: (id: ConversationId, appended: Appended) => void;
  /** Calls `send` and writes the commands that it issues to the socket at once. */
  sendCorked: (send: () => void) => void;
}

/** Batches and sends the appends of one gateway, in the order of the calls. */
export class RedisAppends {
  readonly #options: RedisAppendsOptions;
  readonly #queues = new Map<ConversationId, Queue>();
  /** The last known position of each recently written conversation: a Redis whose head is behind it has lost events. */
  readonly #seen = new Map<ConversationId, Position>();
  #due = new Set<Queue>();
  /** The number of the last command. Redis recognises a command that is sent again by its number. */
  #number = 0;

  constructor(options: RedisAppendsOptions) {
    this.#options = options;
  }

  /**
   * Queues events. @returns the position of the last one.
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
    if (queue.waitingEvents + json.length > MAX_WAITING_EVENTS && queue.entries.length > 0)
      throw new ChatError('internal', { message: 'The event log is too far behind.' }); // Redis is slow or away
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    queue.entries.push({ bodies: [...bodies], json, fence, resolve, reject });
    queue.waitingEvents += json.length;
    queue.newest = promise;
    if (queue.inFlight === undefined) this.#schedule(queue);
    return promise;
  }

  /** Resolves when all earlier appends of the conversation have succeeded or failed. It does not wait for later ones. */
  async settled(id: ConversationId): Promise<void> {
    await this.#queues.get(id)?.newest.catch(() => undefined); // its caller handles the error
  }

  /** Resolves when all earlier appends of all conversations have succeeded or failed. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#queues.keys()].map((id) => this.settled(id)));
  }

  /** Rejects all pending appends. ioredis would keep their commands for a reconnect that never happens, and never answer. */
  close(): void {
    const closed = new ChatError('internal', { message: 'The event log was closed.' });
    for (const { batch, entries } of this.#queues.values())
      for (const { reject } of [...batch, ...entries.splice(0)]) reject(closed);
  }

  #queueOf(id: ConversationId): Queue {
    let queue = this.#queues.get(id);
    if (queue === undefined) {
      const newest = Promise.resolve();
      queue = { id, entries: [], waitingEvents: 0, inFlight: undefined, batch: [], newest };
      this.#queues.set(id, queue);
    }
    return queue;
  }

  #schedule(queue: Queue): void {
    if (this.#due.size === 0)
      setImmediate(() => {
        const due = this.#due;
        this.#due = new Set();
        this.#options.sendCorked(() => {
          for (const each of due) each.inFlight = this.#sendQueue(each);
        });
      });
    this.#due.add(queue);
  }

  /** Sends batches until the queue is empty, then drops it. */
  async #sendQueue(queue: Queue): Promise<void> {
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

/** Takes the oldest entries with the same fence. An entry is not split, because its events become visible together. */
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
