/** The mirrors of the conversations that have viewers on this node, fed by one subscriber connection. */
import type { ConversationId } from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import type { Clock, Timer } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import type { WindowLimits } from './kept-window.ts';
import { decodeLogged, type RedisCommands } from './redis-commands.ts';
import { RedisMirror, type MirrorSource, type Published } from './redis-mirror.ts';
import type { RedisSubscription, Watching } from './redis-subscription.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

/** A ping detects a dead connection; the socket timeout of the connection is longer than two intervals. */
const PING_MS = 10_000;
/** Reading a mirror again keeps the log in Redis from expiring (15 minutes), and repairs any loss that was not noticed. */
const REREAD_MS = 5 * 60_000;

/** Options of `RedisWatch`. */
export interface RedisWatchOptions {
  /** A connection in subscriber mode, shared with `RedisBroadcasts`. */
  subscriber: Redis;
  commands: RedisCommands;
  clock: Clock;
  limits: WindowLimits;
  /** Called with errors from which the mirrors recover by reading again. */
  onError: (error: unknown) => void;
}

interface Watched {
  mirror: RedisMirror;
  readers: Set<RedisSubscription>;
}

/** Creates, feeds and drops the mirrors of this node. */
export class RedisWatch {
  readonly #options: RedisWatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #source: MirrorSource;
  #pingTimer: Timer | undefined;
  #isClosed = false;

  constructor(options: RedisWatchOptions) {
    this.#options = options;
    const { subscriber, commands, clock, limits, onError } = options;
    this.#source = {
      clock,
      limits,
      onError,
      wakeupScheduler: new WakeupScheduler(clock),
      subscribe: (id) => subscriber.ssubscribe(commands.channelOf(id)),
      read: (id, seen) => commands.read(id, seen),
    };
    subscriber.on('smessage', this.#onEvents);
    subscriber.on('ready', this.#onReady);
  }

  /** Access to the mirror of a conversation. Its readers share the mirror; the last one to leave ends it. */
  watching(id: ConversationId): Watching {
    const channel = this.#options.commands.channelOf(id);
    return {
      enter: (reader) => {
        if (this.#isClosed) return undefined;
        const watched = this.#watched.get(channel) ?? this.#watch(id, channel);
        watched.readers.add(reader);
        return watched.mirror;
      },
      leave: (reader) => {
        const watched = this.#watched.get(channel);
        if (watched?.readers.delete(reader) === true && watched.readers.size === 0) this.#unwatch(channel);
      },
    };
  }

  /** @returns the mirror of a conversation, or undefined when it has no viewers on this node. */
  mirrorOf(id: ConversationId): RedisMirror | undefined {
    return this.#watched.get(this.#options.commands.channelOf(id))?.mirror;
  }

  /** Ends every subscription. */
  close(): void {
    this.#isClosed = true;
    this.#pingTimer?.cancel();
    for (const { readers, mirror } of this.#watched.values()) {
      for (const reader of readers) reader.end();
      mirror.drop();
    }
    this.#watched.clear();
  }

  #watch(id: ConversationId, channel: string): Watched {
    const watched = { mirror: new RedisMirror(id, this.#source), readers: new Set<RedisSubscription>() };
    this.#watched.set(channel, watched);
    this.startPinging();
    return watched;
  }

  #unwatch(channel: string): void {
    this.#watched.get(channel)?.mirror.drop();
    this.#watched.delete(channel);
    if (!this.#isClosed) this.#options.subscriber.sunsubscribe(channel).catch(this.#options.onError);
  }

  /** At the first connection and at each reconnect. */
  readonly #onReady = (): void => {
    for (const { mirror } of this.#watched.values()) mirror.resubscribe();
  };

  readonly #onEvents = (channel: string, message: string): void => {
    const mirror = this.#watched.get(channel)?.mirror;
    if (mirror === undefined) return;
    try {
      const published = readPublished(message);
      // An empty message means that the log was erased.
      if (published === undefined) void mirror.load();
      else mirror.receive(published);
    } catch (error) {
      this.#options.onError(error);
      void mirror.load();
    }
  };

  /** Starts to ping at intervals, so that an idle connection does not run into its socket timeout. May be called twice. */
  startPinging(): void {
    this.#pingTimer ??= this.#options.clock.after(PING_MS, this.#onPing);
  }

  readonly #onPing = (): void => {
    const { subscriber, clock, onError } = this.#options;
    this.#pingTimer = clock.after(PING_MS, this.#onPing);
    if (subscriber.status === 'ready') subscriber.ping().catch(onError);
    for (const { mirror } of this.#watched.values())
      if (mirror.readAtMs < clock.now() - REREAD_MS) void mirror.load();
  };
}

/**
 * Parses `<epoch> <first> <last> <frame>`. @returns undefined for an empty message.
 * @throws {EventLogError} `unreadable-message`
 */
function readPublished(message: string): Published | undefined {
  if (message === '') return undefined;
  const match = /^(\S+) (\d+) (\d+) /.exec(message);
  if (match?.[1] === undefined)
    throw new EventLogError(
      'unreadable-message',
      'A message on a conversation channel could not be read. Check that nothing else publishes under the same prefix.',
    );
  const [head, epoch] = match;
  return {
    epoch,
    first: Number(match[2]),
    last: Number(match[3]),
    decode: () => decodeLogged(message.slice(head.length)),
  };
}
