/** Broadcast messages between gateways over Redis: published at once, and kept for a minute for disconnected gateways. */
import { ConversationIdSchema, RunIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Clock, Timer } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import type { BroadcastMessage } from './event-log.ts';
import { TYPING, type KeptBroadcast, type RedisCommands } from './redis-commands.ts';
import type { IsConcerned, RedisSubscriber } from './redis-subscriber.ts';

/** A broken connection may go unnoticed: messages that it did not deliver are read after this time at the latest. */
const READ_AGAIN_MS = 5_000;
/** More than Redis keeps. Each costs about 100 bytes. */
const MAX_REMEMBERED = 20_000;

const BroadcastMessageSchema = v.variant('kind', [
  v.object({ kind: v.literal('abort'), conversationId: ConversationIdSchema, runId: RunIdSchema }),
  v.object({
    kind: v.literal('tool-approval'),
    conversationId: ConversationIdSchema,
    callId: v.string(),
    decision: v.picklist(['approve', 'refuse']),
    input: v.exactOptional(v.unknown()),
  }),
  v.object({
    kind: v.literal('tool-output'),
    conversationId: ConversationIdSchema,
    callId: v.string(),
    output: v.exactOptional(v.unknown()),
    error: v.exactOptional(v.string()),
  }),
  v.object({ kind: v.literal('moved'), siteId: v.string(), ownerId: v.string() }),
  v.object({
    kind: v.literal('site-switch'),
    siteId: v.string(),
    disabled: v.union([v.boolean(), v.string()]),
    atMs: v.number(),
  }),
  v.object({ kind: v.literal('site-edit'), siteId: v.string(), revision: v.number() }),
  v.object({
    kind: v.literal('revoked'),
    revocation: v.object({
      siteId: v.string(),
      kind: v.picklist(['owner', 'token']),
      id: v.string(),
      atMs: v.number(),
      untilMs: v.number(),
    }),
  }),
  v.object({
    kind: v.literal('typing'),
    conversationId: ConversationIdSchema,
    participantId: v.string(),
    isTyping: v.boolean(),
    sessionId: v.string(),
  }),
]);

/** Options of `RedisBroadcasts`. */
export interface RedisBroadcastsOptions {
  /** Shared with `RedisWatch`. */
  subscriber: RedisSubscriber;
  commands: RedisCommands;
  clock: Clock;
  /** Called with errors after which the next read tries again. */
  onError: (error: unknown) => void;
}

/** Sends and receives broadcast messages. Each is handled once, whether it comes by pub/sub or by reading the kept ones. */
export class RedisBroadcasts {
  readonly #options: RedisBroadcastsOptions;
  readonly #listeners = new Set<(broadcastMessage: BroadcastMessage) => void>();
  /** Names of the messages that were handled, or were sent before this gateway listened. */
  readonly #known = new Set<string>();
  /** The name of the last kept message that was read. */
  #lastRead = '';
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: RedisBroadcastsOptions) {
    this.#options = options;
    options.subscriber.onMessage(this.#onMessage);
    options.subscriber.onReady(this.#onReady);
  }

  /** Resolves once Redis has the message. */
  async send(broadcastMessage: BroadcastMessage): Promise<void> {
    const { commands } = this.#options;
    const text = JSON.stringify(broadcastMessage);
    const { kind } = broadcastMessage;
    if (kind === 'typing') return commands.publishTyping(text);
    // The writer may have lost the connection on which it would hear of it, and not noticed yet.
    const told =
      kind === 'abort' ? commands.stop(broadcastMessage.conversationId, broadcastMessage.runId) : undefined;
    await Promise.all([told, commands.publish(text)]);
  }

  /** Handles a message that this gateway has learned of in another way. */
  deliver(broadcastMessage: BroadcastMessage): void {
    for (const handle of this.#listeners) handle(broadcastMessage);
  }

  /** Calls `handle` for each later message. Resolves once subscribed; call the result to stop. */
  async listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void> {
    const { subscriber, commands } = this.#options;
    // Messages from before the first listener are not delivered.
    if (this.#listeners.size === 0) for (const { name } of await this.#readNew()) this.#isNew(name);
    // A new function for each call, so that a handler that is registered twice is called twice.
    const listener = (broadcastMessage: BroadcastMessage) => {
      handle(broadcastMessage);
    };
    this.#listeners.add(listener);
    try {
      // A sharded channel, like those of the conversations: when the last sharded channel is unsubscribed, ioredis leaves
      // subscriber mode and drops messages of ordinary channels.
      await subscriber.subscribe(commands.broadcastChannel);
      await this.#catchUp();
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    this.#armTimer();
    return () => this.#listeners.delete(listener);
  }

  /** Stops listening. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  /** At the first connection, at each reconnect, and when the channel has moved to another node. */
  readonly #onReady = (isConcerned: IsConcerned): void => {
    const { subscriber, commands, onError } = this.#options;
    if (this.#listeners.size === 0 || !isConcerned(commands.broadcastChannel)) return;
    // Subscribe before reading: a message that is sent in between is then not missed.
    subscriber
      .subscribe(commands.broadcastChannel)
      .then(() => this.#catchUp())
      .catch(onError);
  };

  readonly #onMessage = (channel: string, message: string): void => {
    if (channel !== this.#options.commands.broadcastChannel && !channel.endsWith(TYPING)) return;
    const space = message.indexOf(' ');
    this.#handle({ name: message.slice(0, space), text: message.slice(space + 1) });
  };

  async #catchUp(): Promise<void> {
    for (const broadcastMessage of await this.#readNew()) this.#handle(broadcastMessage);
  }

  /** Only what was read counts as read: of what was published, a message may have been lost before a later one came. */
  async #readNew(): Promise<KeptBroadcast[]> {
    const kept = await this.#options.commands.readBroadcasts(this.#lastRead);
    this.#lastRead = kept.at(-1)?.name ?? this.#lastRead;
    return kept;
  }

  #armTimer(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = this.#options.clock.after(READ_AGAIN_MS, () => {
      this.#timer = undefined;
      this.#catchUp()
        .catch(this.#options.onError)
        .finally(() => {
          this.#armTimer();
        });
    });
  }

  #handle({ name, text }: KeptBroadcast): void {
    if (name !== '' && !this.#isNew(name)) return;
    const broadcastMessage = readBroadcastMessage(text);
    if (broadcastMessage === undefined)
      this.#options.onError(
        new EventLogError(
          'unreadable-message',
          'A broadcast message of an unknown kind was ignored. Another gateway may run a newer version.',
        ),
      );
    else this.deliver(broadcastMessage);
  }

  #isNew(name: string): boolean {
    if (this.#known.has(name)) return false;
    this.#known.add(name);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }
}

/** @returns undefined for a message of an unknown kind, as a newer gateway may send. */
function readBroadcastMessage(text: string): BroadcastMessage | undefined {
  try {
    const result = v.safeParse(BroadcastMessageSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined; // not JSON: the caller reports it like an unknown kind
  }
}
