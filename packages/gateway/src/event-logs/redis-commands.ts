/** Typed wrappers of the Lua scripts: they build the keys and arguments and validate the replies. */
import {
  ChatError,
  decodeEvents,
  isLogged,
  RunIdSchema,
  type ConversationId,
  type LoggedEvent,
  type Position,
  type RandomBytes,
  type RunId,
} from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { mintEpoch } from './epoch.ts';
import type { Kept } from './event-log.ts';
import type { WindowLimits } from './kept-window.ts';
import type { BroadcastScriptName, ScriptName } from './redis-scripts.ts';

/** How the names of the channels of `typingChannelOf` end. */
export const TYPING = ':typing';
/** Longer than a phone sleeps or a node restarts: a viewer that returns within this time gets a replay. */
const IDLE_MS = 15 * 60_000;
/** Longer than it takes to detect a dead connection (25 s) and to reconnect. */
const BROADCASTS_KEPT_MS = 60_000;
/** More than all gateways send within that time. */
const MAX_BROADCASTS = 10_000;
/** The position of a caller that has seen nothing; a real epoch is never empty. */
const NOTHING_SEEN: Position = { epoch: '', seq: 0 };

/** Arguments of `RedisCommands.write`. */
export interface WriteCommand {
  /** Acquires the lease for so many milliseconds, before the events are appended. */
  acquireMs?: number | undefined;
  /** The JSON of each event, without `seq`. */
  bodies: readonly string[];
  /** The fencing token, when appending or releasing under a lease. */
  fence: number | undefined;
  /** Releases the lease after the events are appended. */
  isReleased: boolean;
  /** The position of the first event that the viewers of this gateway were shown; undefined when they have not seen it yet. */
  told: Position | undefined;
  /** The last position that the caller knows of: a head before it means that Redis has lost events. */
  seen: Position | undefined;
  /** Whether the expiry of the log is put off. A log that is new, or whose lease is acquired, gets one anyway. */
  isTouched: boolean;
  /** Idempotency key within this writer: the same number means the same command. */
  number: number;
}

/** What `RedisCommands.write` has done. */
export interface Written {
  /** The position of the first event. */
  first: Position;
  /** The fence of the lease that was acquired; undefined when another holder has it, or none was asked for. */
  acquired: number | undefined;
  /** How many gateways have viewers of the conversation. */
  told: number;
  /** The last run of the conversation that somebody has stopped. */
  stop: RunId | undefined;
}

/** Arguments of `RedisCommands.restore`. */
export interface RestoreCommand {
  fence: number;
  ttlMs: number;
  kept: Kept;
}

/** The state of a lease in Redis: `lost` when Redis knows nothing of the log any more. */
export type LeaseState = { kind: 'held'; head: Position } | { kind: 'stale' } | { kind: 'lost' };

/** Redis no longer has events that viewers were shown. */
export class LostEventsError extends Error {}

/** The kept events after the position that was passed, or all kept events when its epoch is not the current one. */
export interface KeptAfter {
  head: Position;
  events: readonly LoggedEvent[];
}

/** A broadcast message as Redis keeps it. */
export interface KeptBroadcast {
  /** Unique; the id of the stream entry. Empty for an ephemeral message. */
  name: string;
  /** The message as JSON. */
  text: string;
}

const BroadcastsReplySchema = v.array(v.string());
const PositionReplySchema = v.tuple([v.string(), v.number()]);
const ReadReplySchema = v.tuple([v.string(), v.number(), v.string()]);
const StopSchema = v.union([RunIdSchema, v.literal('')]);
const WriteReplySchema = v.tuple([v.string(), v.number(), v.string(), v.number(), StopSchema]);
const RenewReplySchema = v.tuple([v.number(), v.string(), v.number()]);

type Send = (...args: (string | number)[]) => Promise<unknown>;

/** Options of `RedisCommands`. */
export interface RedisCommandsOptions {
  /** A client that was created with `SCRIPTS` and `BROADCAST_SCRIPTS`. */
  client: Redis;
  /** Another one, with `SCRIPTS`, for reading windows: answers to short commands do not wait behind a window of a megabyte. */
  reader: Redis;
  /** Prefix of all keys and channels. */
  prefix: string;
  random: RandomBytes;
  limits: WindowLimits;
}

/** The commands of the event log. Every method rejects with ChatError `internal` when Redis fails. */
export class RedisCommands {
  readonly #scripts: Record<ScriptName | BroadcastScriptName, Send>;
  readonly #readerScripts: Record<ScriptName, Send>;
  readonly #options: RedisCommandsOptions;
  readonly #writer: string;

  constructor(options: RedisCommandsOptions) {
    this.#options = options;
    // ioredis adds a method to the client for each of its `scripts`, which its types do not declare.
    this.#scripts = options.client as unknown as Record<ScriptName | BroadcastScriptName, Send>;
    this.#readerScripts = options.reader as unknown as Record<ScriptName, Send>;
    this.#writer = mintEpoch(options.random) + mintEpoch(options.random);
  }

  /** The channel of the conversation's live events. */
  channelOf(id: ConversationId): string {
    return `${this.#options.prefix}:{${id}}:live`;
  }

  /** The channel of the messages for those who have viewers of the conversation. */
  typingChannelOf(id: ConversationId): string {
    return `${this.#options.prefix}:{${id}}${TYPING}`;
  }

  /** The channel of the broadcast messages. */
  get broadcastChannel(): string {
    return `${this.#options.prefix}:{notes}`; // the hash tag of the kept messages: both are on one node of a cluster
  }

  /**
   * Publishes a message to all gateways, as `<name> <text>`. A command that is sent again after a reconnect may deliver it twice.
   */
  async publish(text: string): Promise<void> {
    const args = [this.broadcastChannel, text, BROADCASTS_KEPT_MS, MAX_BROADCASTS];
    await this.#wrapErrors(() => this.#scripts.broadcastsPublish(this.#broadcastsKey, ...args));
  }

  /**
   * Publishes a message to all gateways, without a name. It is not kept. Gateways of 0.1.0 read the channel of the broadcast messages only;
   * when they need no longer be supported, this goes to `typingChannelOf`, which only gateways with viewers read.
   */
  async publishTyping(text: string): Promise<void> {
    await this.#wrapErrors(() => this.#options.client.spublish(this.broadcastChannel, ` ${text}`));
  }

  /** The answer to the next append of the conversation tells its writer that the run is to be stopped. */
  async stop(id: ConversationId, runId: RunId): Promise<void> {
    await this.#send('logStop', id, [runId]);
  }

  /** Reads the messages of the last minute, oldest first. @param after the name of the last one that was read */
  async readBroadcasts(after = ''): Promise<KeptBroadcast[]> {
    const reply = await this.#wrapErrors(() =>
      this.#scripts.broadcastsRead(this.#broadcastsKey, BROADCASTS_KEPT_MS, after),
    );
    const fields = v.parse(BroadcastsReplySchema, reply);
    return fields.flatMap((name, index) => (index % 2 === 0 ? { name, text: fields[index + 1] ?? '' } : []));
  }

  get #broadcastsKey(): string {
    return `${this.#options.prefix}:{notes}:kept`;
  }

  /**
   * Acquires, appends and releases atomically, each if it is asked to.
   * @throws {ChatError} `conflict` when the fence is stale
   * @throws {LostEventsError} when Redis has lost events before `told`
   */
  async write(id: ConversationId, command: WriteCommand): Promise<Written> {
    const { acquireMs = 0, bodies, fence, isReleased, isTouched, told, seen, number } = command;
    const { maxEvents, maxChars } = this.#options.limits;
    const place = [this.#mintEpoch(), ...seenOf(seen), IDLE_MS];
    const writer = [fence ?? '', this.#writer, number, maxEvents, maxChars];
    const flags = [isReleased ? 1 : 0, isTouched ? 1 : 0];
    const lease = [told?.epoch ?? '', told?.seq ?? 0, acquireMs, ...flags];
    const reply = await this.#send('logWrite', id, [...place, ...writer, ...lease, ...bodies]);
    const [epoch, seq, acquired, receivers, stop] = v.parse(WriteReplySchema, reply);
    return {
      first: { epoch, seq },
      acquired: acquired === '' ? undefined : Number(acquired),
      told: receivers,
      stop: stop === '' ? undefined : stop,
    };
  }

  /**
   * Writes the kept window of the holder of a lease. @returns the epoch that it has now
   * @throws {ChatError} `conflict` when the fence is stale
   */
  async restore(id: ConversationId, { fence, ttlMs, kept }: RestoreCommand): Promise<string> {
    const { epoch, seq } = kept.head;
    const events = kept.events.map((event) => JSON.stringify(event));
    const args = [fence, ttlMs, this.#writer, IDLE_MS, epoch, this.#mintEpoch(), seq];
    return v.parse(v.string(), await this.#send('logRestore', id, [...args, ...events]));
  }

  /** Reads the head and the kept events after `seen`. */
  async read(id: ConversationId, seen?: Position): Promise<KeptAfter> {
    const args = [this.#mintEpoch(), ...seenOf(seen), IDLE_MS];
    const keys = this.#keysOf(id);
    const reply = await this.#wrapErrors(() => this.#readerScripts.logRead(...keys, ...args));
    const [epoch, seq, frame] = v.parse(ReadReplySchema, reply);
    return { head: { epoch, seq }, events: decodeLogged(frame) };
  }

  /** Reads the head. @param seen a position that the caller knows of, as in `AppendCommand` */
  async readHead(id: ConversationId, seen?: Position): Promise<Position> {
    const reply = await this.#send('logHead', id, [this.#mintEpoch(), ...seenOf(seen), IDLE_MS]);
    const [epoch, seq] = v.parse(PositionReplySchema, reply);
    return { epoch, seq };
  }

  /** Extends the lease to `ttlMs` from now, when it is held. */
  async renew(id: ConversationId, fence: number, ttlMs: number): Promise<LeaseState> {
    const [state, epoch, seq] = v.parse(RenewReplySchema, await this.#send('logRenew', id, [fence, ttlMs]));
    if (state === 1) return { kind: 'held', head: { epoch, seq } };
    return { kind: state === 0 ? 'stale' : 'lost' };
  }

  /** Holds a watch for `ttlMs`. @param watch its name, unique within the conversation across all gateways */
  async watch(id: ConversationId, watch: string, ttlMs: number): Promise<void> {
    await this.#send('logWatch', id, [watch, ttlMs, IDLE_MS]);
  }

  /** Ends a watch now. */
  async unwatch(id: ConversationId, watch: string): Promise<void> {
    await this.#send('logUnwatch', id, [watch]);
  }

  /** @returns milliseconds since the last watch ended: 0 while one is held, Infinity when none is remembered. */
  async unwatchedForMs(id: ConversationId): Promise<number> {
    const ms = v.parse(v.number(), await this.#send('logUnwatched', id, []));
    return ms < 0 ? Infinity : ms;
  }

  /** Deletes the log of a conversation and notifies its subscribers with an empty message. */
  async erase(id: ConversationId): Promise<void> {
    await this.#send('logErase', id, [IDLE_MS]);
  }

  #mintEpoch(): string {
    return mintEpoch(this.#options.random);
  }

  async #send(name: ScriptName, id: ConversationId, args: readonly (string | number)[]): Promise<unknown> {
    return this.#wrapErrors(() => this.#scripts[name](...this.#keysOf(id), ...args));
  }

  #keysOf(id: ConversationId): string[] {
    const tag = `${this.#options.prefix}:{${id}}`;
    return [tag, `${tag}:events`, this.channelOf(id), `${tag}:watches`];
  }

  async #wrapErrors(send: () => Promise<unknown>): Promise<unknown> {
    try {
      return await send();
    } catch (error) {
      throw wrap(error);
    }
  }
}

const seenOf = ({ epoch, seq }: Position = NOTHING_SEEN): [string, number] => [epoch, seq];

function wrap(error: unknown): ChatError | LostEventsError {
  if (error instanceof Error && error.message.startsWith('LOST ')) return new LostEventsError(error.message);
  if (error instanceof Error && error.message.startsWith('STALE '))
    return new ChatError('conflict', { message: 'Another gateway has taken over this conversation.' });
  // Not the error of ioredis itself: it carries the command's arguments, which contain message texts.
  const { name, message } = error instanceof Error ? error : new Error('unknown');
  const cause = Object.assign(new Error(message), { name });
  return new ChatError('internal', { cause });
}

/** Decodes a JSON array of logged events. An event of an unknown type, from a newer gateway, keeps its `seq`. */
export function decodeLogged(frame: string): readonly LoggedEvent[] {
  return decodeEvents(frame).items.filter(isLogged);
}
