/** The mirrors of the conversations that are read on this node. Those with viewers are fed by the subscriber. */
import type { ConversationId } from '@rivulet/protocol';
import { createRecentValues, type Clock, type RecentValues, type Timer } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import type { WindowLimits } from './kept-window.ts';
import type { Kept } from './event-log.ts';
import type { Appended, LocalCopies } from './local-copies.ts';
import { decodeLogged, type RedisCommands } from './redis-commands.ts';
import { RedisMirror, type MirrorSource, type Published } from './redis-mirror.ts';
import type { IsConcerned, RedisSubscriber } from './redis-subscriber.ts';
import type { RedisSubscription, Watching } from './redis-subscription.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

/** How often the mirrors are asked whether they must compare their position. */
const COMPARE_INTERVAL_MS = 1_000;
/** A ping detects a dead connection; the socket timeout of the connection is longer than two intervals. */
const PING_MS = 10_000;
/** Reading a mirror again keeps the log in Redis from expiring (15 minutes), and repairs any loss that was not noticed. */
const REREAD_MS = 5 * 60_000;

/**
 * A viewer reads several times before it follows, and viewers that lost their connections return together: what was downloaded for one is
 * there for the next. Longer than a viewer takes from its first read to following, and than most clients take to reconnect.
 */
const RECENT_MS = 10_000;
/** At 2 MiB for a full window, half a gigabyte at most; a usual window has a tenth of that. */
const MAX_RECENT = 256;

/** Options of `RedisWatch`. */
export interface RedisWatchOptions {
  /** Shared with `RedisBroadcasts`. */
  subscriber: RedisSubscriber;
  commands: RedisCommands;
  clock: Clock;
  limits: WindowLimits;
  /** Asks Redis whether this node still leads a conversation. */
  verify: (id: ConversationId) => Promise<void>;
  /** Another node has appended to a conversation that this node leads. */
  onForeign: (id: ConversationId) => void;
  /** Called with errors from which the mirrors recover by reading again. */
  onError: (error: unknown) => void;
}

interface Watched {
  mirror: RedisMirror;
  readers: Set<RedisSubscription>;
}

/** Creates, feeds and drops the mirrors of this node. */
export class RedisWatch implements LocalCopies {
  readonly #options: RedisWatchOptions;
  readonly #watched = new Map<string, Watched>();
  /** The mirrors of the conversations that this node leads, with and without viewers. */
  readonly #led = new Map<string, RedisMirror>();
  /** Those that were read a moment ago and have no viewer. */
  readonly #recent: RecentValues<RedisMirror>;
  readonly #source: MirrorSource;
  #pingTimer: Timer | undefined;
  #compareTimer: Timer | undefined;
  #isClosed = false;
  #leadsLost = 0;

  constructor(options: RedisWatchOptions) {
    this.#options = options;
    const { subscriber, commands, clock, limits, verify, onForeign, onError } = options;
    this.#source = {
      clock,
      limits,
      verify,
      onForeign,
      onError,
      wakeupScheduler: new WakeupScheduler(clock),
      subscribe: (id) => subscriber.subscribe(commands.channelOf(id), commands.typingChannelOf(id)),
      read: (id, seen) => commands.read(id, seen),
      readHead: (id, seen) => commands.readHead(id, seen),
    };
    this.#recent = createRecentValues({ clock, keptMs: RECENT_MS, maxValues: MAX_RECENT });
    subscriber.onMessage(this.#onEvents);
    subscriber.onReady(this.#onReady);
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
        if (watched?.readers.delete(reader) === true && watched.readers.size === 0)
          this.#unwatch(channel, watched);
      },
    };
  }

  /** How often this node has stopped leading a conversation other than by releasing it. */
  get leadsLost(): number {
    return this.#leadsLost;
  }

  /** The mirror of a conversation, for one read. It needs no viewer, and is not followed by this. */
  mirrorOf(id: ConversationId): RedisMirror {
    const channel = this.#options.commands.channelOf(id);
    const used = this.#watched.get(channel)?.mirror ?? this.#led.get(channel);
    if (used !== undefined) return used;
    const mirror = this.#recent.take(channel) ?? new RedisMirror(id, this.#source);
    this.#recent.keep(channel, mirror);
    return mirror;
  }

  receiveOwn(id: ConversationId, appended: Appended): void {
    const channel = this.#options.commands.channelOf(id);
    (this.#watched.get(channel)?.mirror ?? this.#recent.find(channel))?.receiveOwn(appended);
  }

  lead(id: ConversationId, appended: Appended): void {
    const channel = this.#options.commands.channelOf(id);
    const mirror = this.#take(id, channel);
    this.#led.set(channel, mirror);
    mirror.lead(appended);
  }

  receiveLed(id: ConversationId, appended: Appended): void {
    this.#led.get(this.#options.commands.channelOf(id))?.receiveLed(appended);
  }

  readLed(id: ConversationId): Kept {
    return this.mirrorOf(id).readLed();
  }

  unlead(id: ConversationId, isWhole: boolean): void {
    const channel = this.#options.commands.channelOf(id);
    const mirror = this.#led.get(channel);
    if (mirror === undefined) return;
    this.#led.delete(channel);
    if (!isWhole) this.#leadsLost += 1;
    mirror.unlead(isWhole);
    if (!this.#watched.has(channel) && !this.#isClosed) this.#recent.keep(channel, mirror);
  }

  isSubscribed(id: ConversationId): boolean {
    return this.#watched.get(this.#options.commands.channelOf(id))?.mirror.isSubscribed ?? false;
  }

  /** Called when the log of a conversation was erased. Its viewers get a reset. */
  forget(id: ConversationId): void {
    const channel = this.#options.commands.channelOf(id);
    this.#recent.take(channel);
    // Not awaited: erasing does not wait for the viewers' mirror to be read again.
    void this.#watched.get(channel)?.mirror.load();
  }

  /** Ends every subscription. */
  close(): void {
    this.#isClosed = true;
    this.#pingTimer?.cancel();
    this.#compareTimer?.cancel();
    this.#recent.clear();
    for (const { readers, mirror } of this.#watched.values()) {
      for (const reader of readers) reader.end();
      mirror.unfollow();
    }
    this.#watched.clear();
  }

  /** The mirror that there is, or a new one, for a lasting use. */
  #take(id: ConversationId, channel: string): RedisMirror {
    return (
      this.#watched.get(channel)?.mirror ??
      this.#led.get(channel) ??
      this.#recent.take(channel) ??
      new RedisMirror(id, this.#source)
    );
  }

  #watch(id: ConversationId, channel: string): Watched {
    const mirror = this.#take(id, channel);
    const watched = { mirror, readers: new Set<RedisSubscription>() };
    this.#watched.set(channel, watched);
    mirror.follow();
    this.#compareTimer ??= this.#options.clock.after(COMPARE_INTERVAL_MS, this.#compare);
    this.startPinging();
    return watched;
  }

  #unwatch(channel: string, { mirror }: Watched): void {
    mirror.unfollow();
    this.#watched.delete(channel);
    if (this.#isClosed) return;
    if (!this.#led.has(channel)) this.#recent.keep(channel, mirror);
    const { subscriber, commands, onError } = this.#options;
    subscriber.unsubscribe(channel, commands.typingChannelOf(mirror.id)).catch(onError);
  }

  /** At the first connection, at each reconnect, and when channels have moved to another node. */
  readonly #onReady = (isConcerned: IsConcerned): void => {
    // A Redis that has lost events may give their numbers to other events. A copy from before must not be continued unobserved.
    this.#recent.clear();
    for (const [channel, { mirror }] of this.#watched) if (isConcerned(channel)) mirror.resubscribe();
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

  /** Runs only while there are viewers. */
  readonly #compare = (): void => {
    const { clock, onError } = this.#options;
    for (const { mirror } of this.#watched.values()) mirror.compare().catch(onError);
    this.#compareTimer =
      this.#watched.size === 0 ? undefined : clock.after(COMPARE_INTERVAL_MS, this.#compare);
  };

  readonly #onPing = (): void => {
    const { subscriber, clock, onError } = this.#options;
    this.#pingTimer = clock.after(PING_MS, this.#onPing);
    subscriber.keepAlive().catch(onError);
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
