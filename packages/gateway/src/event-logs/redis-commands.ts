/** The Redis event log's commands, typed: keys in, replies checked at the door. */
import {
  ChatError,
  decodeEvents,
  isLogged,
  type ConversationId,
  type LoggedEvent,
  type Position,
  type RandomBytes,
} from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { mintEpoch } from './epoch.ts';
import type { WindowLimits } from './kept-window.ts';
import type { BroadcastScriptName, ScriptName } from './redis-scripts.ts';

/** Longer than a phone's nap or a node's restart, in which a viewer should get a replay. */
const IDLE_MS = 15 * 60_000;
/** Longer than a line needs to be found dead (25 s) and mended. */
const BROADCASTS_KEPT_MS = 60_000;
/** People who press stop in that time, on all gateways. */
const MAX_BROADCASTS = 10_000;
/** Before anything was seen; no epoch is empty. */
const NOTHING_SEEN: Position = { epoch: '', seq: 0 };

export interface AppendCommand {
  /** The JSON of each event, without its place. */
  bodies: readonly string[];
  fence: number | undefined;
  /** The last place that the caller knows of. */
  seen: Position | undefined;
  /** The writer's own number of this append: the same number is the same append. */
  number: number;
}

/** What is kept after `seen`, or everything when the epoch is another. */
export interface KeptAfter {
  head: Position;
  events: readonly LoggedEvent[];
}

export interface KeptBroadcast {
  /** Never given twice. */
  name: string;
  text: string;
}

const BroadcastsReplySchema = v.array(v.string());
const AppendReplySchema = v.tuple([v.string(), v.number()]);
const ReadReplySchema = v.tuple([v.string(), v.number(), v.string()]);
const FenceSchema = v.nullable(v.pipe(v.string(), v.transform(Number), v.integer()));

type Send = (...args: (string | number)[]) => Promise<unknown>;

export interface RedisCommandsOptions {
  client: Redis;
  prefix: string;
  random: RandomBytes;
  limits: WindowLimits;
}

export class RedisCommands {
  readonly #scripts: Record<ScriptName | BroadcastScriptName, Send>;
  readonly #options: RedisCommandsOptions;
  readonly #writer: string;

  constructor(options: RedisCommandsOptions) {
    this.#options = options;
    // ioredis gives a client a method for each of its `scripts`, which its types do not know.
    this.#scripts = options.client as unknown as Record<ScriptName | BroadcastScriptName, Send>;
    this.#writer = mintEpoch(options.random) + mintEpoch(options.random);
  }

  /** Of the conversation's live events. */
  channelOf(id: ConversationId): string {
    return `${this.#options.prefix}:{${id}}:live`;
  }

  get broadcastChannel(): string {
    return `${this.#options.prefix}:{notes}`; // of one hash tag with what is kept: one node of a cluster has both
  }

  /** A note to all gateways, as `<name> <text>`; a passing one has no name. Sent again after a cut it may come twice. */
  async publish(text: string, how: 'kept' | 'passing'): Promise<void> {
    const args = [this.broadcastChannel, text, BROADCASTS_KEPT_MS, MAX_BROADCASTS];
    await this.#wrapping(() =>
      how === 'passing'
        ? this.#options.client.spublish(this.broadcastChannel, ` ${text}`)
        : this.#scripts.broadcastsPublish(this.#broadcastsKey, ...args),
    );
  }

  /** Those of the last minute, in their order. */
  async readBroadcasts(): Promise<KeptBroadcast[]> {
    const reply = await this.#wrapping(() =>
      this.#scripts.broadcastsRead(this.#broadcastsKey, BROADCASTS_KEPT_MS),
    );
    const words = v.parse(BroadcastsReplySchema, reply);
    return words.flatMap((name, index) => (index % 2 === 0 ? { name, text: words[index + 1] ?? '' } : []));
  }

  get #broadcastsKey(): string {
    return `${this.#options.prefix}:{notes}:kept`;
  }

  /** @returns the epoch and the `seq` of the first event. @throws {ChatError} conflict: the fence is stale. */
  async append(id: ConversationId, { bodies, fence, seen, number }: AppendCommand): Promise<Position> {
    const { maxEvents, maxChars } = this.#options.limits;
    const writer = [fence ?? '', this.#writer, number];
    const place = [this.#mintEpoch(), ...seenOf(seen), IDLE_MS];
    const reply = await this.#send('logAppend', id, [...place, ...writer, maxEvents, maxChars, ...bodies]);
    const [epoch, seq] = v.parse(AppendReplySchema, reply);
    return { epoch, seq };
  }

  async read(id: ConversationId, seen?: Position): Promise<KeptAfter> {
    const reply = await this.#send('logRead', id, [this.#mintEpoch(), ...seenOf(seen), IDLE_MS]);
    const [epoch, seq, frame] = v.parse(ReadReplySchema, reply);
    return { head: { epoch, seq }, events: decodeLogged(frame) };
  }

  async acquire(id: ConversationId, ttlMs: number): Promise<number | undefined> {
    const reply = await this.#send('logAcquire', id, [this.#mintEpoch(), IDLE_MS, ttlMs]);
    return v.parse(FenceSchema, reply) ?? undefined;
  }

  async renew(id: ConversationId, fence: number, ttlMs: number): Promise<boolean> {
    return (await this.#send('logRenew', id, [fence, ttlMs])) === 1;
  }

  async release(id: ConversationId, fence: number): Promise<void> {
    await this.#send('logRelease', id, [fence]);
  }

  /** @param watch tells it from the others of the conversation, on every gateway */
  async watch(id: ConversationId, watch: string, ttlMs: number): Promise<void> {
    await this.#send('logWatch', id, [watch, ttlMs, IDLE_MS]);
  }

  async unwatch(id: ConversationId, watch: string): Promise<void> {
    await this.#send('logUnwatch', id, [watch]);
  }

  async unwatchedForMs(id: ConversationId): Promise<number> {
    const ms = v.parse(v.number(), await this.#send('logUnwatched', id, []));
    return ms < 0 ? Infinity : ms;
  }

  async erase(id: ConversationId): Promise<void> {
    await this.#send('logErase', id, []);
  }

  #mintEpoch(): string {
    return mintEpoch(this.#options.random);
  }

  async #send(name: ScriptName, id: ConversationId, args: readonly (string | number)[]): Promise<unknown> {
    const tag = `${this.#options.prefix}:{${id}}`;
    const keys = [tag, `${tag}:events`, this.channelOf(id), `${tag}:watches`];
    return this.#wrapping(() => this.#scripts[name](...keys, ...args));
  }

  async #wrapping(send: () => Promise<unknown>): Promise<unknown> {
    try {
      return await send();
    } catch (error) {
      throw wrap(error);
    }
  }
}

const seenOf = ({ epoch, seq }: Position = NOTHING_SEEN): [string, number] => [epoch, seq];

function wrap(error: unknown): ChatError {
  if (error instanceof Error && error.message.startsWith('STALE '))
    return new ChatError('conflict', { message: 'Another gateway has taken over this conversation.' });
  // Without ioredis's own: it carries the command's arguments, which are people's words.
  const { name, message } = error instanceof Error ? error : new Error('unknown');
  const cause = Object.assign(new Error(message), { name });
  return new ChatError('internal', { cause });
}

/** A frame of logged events. One of a type that only a newer gateway knows keeps its place. */
export function decodeLogged(frame: string): readonly LoggedEvent[] {
  return decodeEvents(frame).items.filter(isLogged);
}
