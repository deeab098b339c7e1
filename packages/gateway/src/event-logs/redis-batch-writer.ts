/** Sends the batches of a gateway to Redis, and remembers what Redis has answered. */
import type { ConversationId, Position } from '@rivulet/protocol';
import type { RedisCommands, Written } from './redis-commands.ts';
import type { Batch } from './redis-write-queue.ts';

/** More conversations than one node writes at a time. */
const MAX_REMEMBERED = 10_000;
/** A log expires after 15 minutes without use; not every append has to put that off. */
const TOUCH_MS = 60_000;

/** What a batch has done. */
export interface WrittenBatch extends Written {
  /** When it was sent, in milliseconds of `performance.now`. */
  askedAtMs: number;
}

/** The sender of batches. */
export class BatchWriter {
  readonly #commands: Pick<RedisCommands, 'write'>;
  /** The last known position of each recently written conversation: a Redis whose head is behind it has lost events. */
  readonly #seen = new Map<ConversationId, { position: Position; touchedAtMs: number }>();
  /** The number of the last command. Redis recognises a command that is sent again by its number. */
  #number = 0;

  constructor(commands: Pick<RedisCommands, 'write'>) {
    this.#commands = commands;
  }

  /** @throws {ChatError} `conflict`, `internal`; {LostEventsError} */
  async write(id: ConversationId, { acquire, appends, release }: Batch): Promise<WrittenBatch> {
    this.#number += 1;
    const [only] = appends;
    const askedAtMs = performance.now();
    const json = appends.length === 1 ? (only?.json ?? []) : appends.flatMap((entry) => entry.json);
    const seen = this.#seen.get(id);
    const isTouched = seen === undefined || askedAtMs - seen.touchedAtMs > TOUCH_MS;
    const written = await this.#commands.write(id, {
      acquireMs: acquire?.ttlMs,
      bodies: json,
      fence: release?.fence ?? only?.fence,
      isReleased: release !== undefined,
      told: only?.told,
      isTouched,
      seen: seen?.position,
      number: this.#number,
    });
    const { first } = written;
    const touchedAtMs = isTouched ? askedAtMs : seen.touchedAtMs;
    this.remember(id, { epoch: first.epoch, seq: first.seq + json.length - 1 }, touchedAtMs);
    return { ...written, askedAtMs };
  }

  /** The position that Redis is known to have. @param touchedAtMs when its expiry was put off, of `performance.now` */
  remember(id: ConversationId, position: Position, touchedAtMs = performance.now()): void {
    this.#seen.delete(id);
    this.#seen.set(id, { position, touchedAtMs });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MAX_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
  }
}
