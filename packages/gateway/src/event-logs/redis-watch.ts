/** The conversations that are watched here, and what this node hears of them from Redis, on one connection. */
import type { ConversationId } from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import type { Clock, Timer } from '../base/clock.ts';
import type { WindowLimits } from './kept-window.ts';
import { decodeLogged, type RedisCommands } from './redis-commands.ts';
import { RedisMirror, type MirrorSource, type Published } from './redis-mirror.ts';
import type { RedisSubscription, Watching } from './redis-subscription.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

/** A line that is dead without a word is found out by a ping; the connection's socket timeout is longer than two of them. */
const PING_MS = 10_000;
/** Reading a mirror again keeps a watched log from expiring (15 minutes), and would mend what no other rule has noticed. */
const REREAD_MS = 5 * 60_000;

export interface RedisWatchOptions {
  subscriber: Redis;
  commands: RedisCommands;
  clock: Clock;
  limits: WindowLimits;
  onError: (error: unknown) => void;
}

interface Watched {
  mirror: RedisMirror;
  readers: Set<RedisSubscription>;
}

export class RedisWatch {
  readonly #options: RedisWatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #source: MirrorSource;
  #beat: Timer | undefined;
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

  /** Readers of one conversation share its mirror; the last who leaves ends it. */
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

  /** undefined when nobody watches it here. */
  mirrorOf(id: ConversationId): RedisMirror | undefined {
    return this.#watched.get(this.#options.commands.channelOf(id))?.mirror;
  }

  /** Ends every subscription. */
  close(): void {
    this.#isClosed = true;
    this.#beat?.cancel();
    for (const { readers, mirror } of this.#watched.values()) {
      for (const reader of readers) reader.end();
      mirror.drop();
    }
    this.#watched.clear();
  }

  #watch(id: ConversationId, channel: string): Watched {
    const watched = { mirror: new RedisMirror(id, this.#source), readers: new Set<RedisSubscription>() };
    this.#watched.set(channel, watched);
    this.startBeating();
    return watched;
  }

  #unwatch(channel: string): void {
    this.#watched.get(channel)?.mirror.drop();
    this.#watched.delete(channel);
    if (!this.#isClosed) this.#options.subscriber.sunsubscribe(channel).catch(this.#options.onError);
  }

  /** After a cut, and at the first connection. */
  readonly #onReady = (): void => {
    for (const { mirror } of this.#watched.values()) mirror.resubscribe();
  };

  readonly #onEvents = (channel: string, message: string): void => {
    const mirror = this.#watched.get(channel)?.mirror;
    if (mirror === undefined) return;
    try {
      const published = readPublished(message);
      // An empty message: the log was erased.
      if (published === undefined) void mirror.load();
      else mirror.receive(published);
    } catch (error) {
      this.#options.onError(error);
      void mirror.load();
    }
  };

  /** Keeps the line from being taken for dead while nothing is watched on it. */
  startBeating(): void {
    this.#beat ??= this.#options.clock.after(PING_MS, this.#onBeat);
  }

  readonly #onBeat = (): void => {
    const { subscriber, clock, onError } = this.#options;
    this.#beat = clock.after(PING_MS, this.#onBeat);
    if (subscriber.status === 'ready') subscriber.ping().catch(onError);
    for (const { mirror } of this.#watched.values())
      if (mirror.readAtMs < clock.now() - REREAD_MS) void mirror.load();
  };
}

/** `<epoch> <first> <last> <frame>`; undefined when it is empty. */
function readPublished(message: string): Published | undefined {
  if (message === '') return undefined;
  const match = /^(\S+) (\d+) (\d+) /.exec(message);
  if (match?.[1] === undefined) throw new TypeError('not an event of this log');
  const [head, epoch] = match;
  return {
    epoch,
    first: Number(match[2]),
    last: Number(match[3]),
    decode: () => decodeLogged(message.slice(head.length)),
  };
}
