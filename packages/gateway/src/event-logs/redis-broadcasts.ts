/** What gateways tell each other over Redis: published at once, and kept for a minute for those whose line was cut. */
import { ConversationIdSchema, RunIdSchema } from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import * as v from 'valibot';
import type { Clock, Timer } from '../base/clock.ts';
import type { BroadcastMessage } from './event-log.ts';
import type { KeptBroadcast, RedisCommands } from './redis-commands.ts';

/** A line may be dead without a word: what it did not bring is read this late at the most. */
const READ_AGAIN_MS = 5_000;
/** More than are kept. Remembering costs some 100 bytes each. */
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
    kind: v.literal('typing'),
    conversationId: ConversationIdSchema,
    participantId: v.string(),
    isTyping: v.boolean(),
    sessionId: v.string(),
  }),
]);

export interface RedisBroadcastsOptions {
  subscriber: Redis;
  commands: RedisCommands;
  clock: Clock;
  onError: (error: unknown) => void;
}

export class RedisBroadcasts {
  readonly #options: RedisBroadcastsOptions;
  readonly #listeners = new Set<(broadcastMessage: BroadcastMessage) => void>();
  /** The names of those that were heard, or are too old: each is heard once, by whichever way it comes first. */
  readonly #known = new Set<string>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: RedisBroadcastsOptions) {
    this.#options = options;
    options.subscriber.on('smessage', this.#onMessage);
    options.subscriber.on('ready', this.#onReady);
  }

  send(broadcastMessage: BroadcastMessage): Promise<void> {
    return this.#options.commands.publish(
      JSON.stringify(broadcastMessage),
      broadcastMessage.kind === 'typing' ? 'passing' : 'kept',
    );
  }

  async listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void> {
    const { subscriber, commands } = this.#options;
    // What was said before is for those who listened then.
    if (this.#listeners.size === 0) for (const { name } of await commands.readBroadcasts()) this.#isNew(name);
    // A function of its own, so that one who listens twice is called twice.
    const listener = (broadcastMessage: BroadcastMessage) => {
      handle(broadcastMessage);
    };
    this.#listeners.add(listener);
    try {
      // Sharded like the others: when the last sharded channel is left, ioredis takes the connection for one that hears
      // nothing any more, and drops what comes on channels of the other kind.
      await subscriber.ssubscribe(commands.broadcastChannel);
      await this.#catchUp();
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    this.#armTimer();
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  /** After a cut, and at the first connection. */
  readonly #onReady = (): void => {
    const { subscriber, commands, onError } = this.#options;
    if (this.#listeners.size === 0) return;
    // Subscribe first, then read: nothing falls between.
    subscriber
      .ssubscribe(commands.broadcastChannel)
      .then(() => this.#catchUp())
      .catch(onError);
  };

  readonly #onMessage = (channel: string, message: string): void => {
    if (channel !== this.#options.commands.broadcastChannel) return;
    const space = message.indexOf(' ');
    this.#handle({ name: message.slice(0, space), text: message.slice(space + 1) });
  };

  async #catchUp(): Promise<void> {
    for (const broadcastMessage of await this.#options.commands.readBroadcasts())
      this.#handle(broadcastMessage);
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
      this.#options.onError(new TypeError('a note that this gateway does not know'));
    else for (const handle of this.#listeners) handle(broadcastMessage);
  }

  #isNew(name: string): boolean {
    if (this.#known.has(name)) return false;
    this.#known.add(name);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }
}

/** undefined: of another kind, from a newer gateway. */
function readBroadcastMessage(text: string): BroadcastMessage | undefined {
  try {
    const result = v.safeParse(BroadcastMessageSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined; // not JSON: reported by the caller like any other note that is not known
  }
}
