/**
 * The tabs of one browser that have the same identity share one connection: the leader has it, the others follow over a channel.
 *
 * The leader is the tab that holds the lock. All tabs wait for the lock, so the browser chooses the next leader at the moment in
 * which a tab dies. A frozen leader keeps the lock and does not answer. A follower that gets no answer steals the lock instead
 * of opening a connection of its own, so that there is one leader again. When the frozen leader runs again, the browser tells it
 * that it lost the lock, and it follows. When two tabs steal at once, the second has the lock, and the first follows it.
 *
 * A takeover is a new connection with a new hello. Cursors, outbox and pending requests belong to the session, which resumes as
 * after any lost connection (PROTOCOL.md §6, §8.3). So nothing is lost or doubled that a single tab would not lose or double.
 */
import type { ChannelClose, Command, CommandOf, ConversationId, EventOf, Timer } from '@rivulet/protocol';
import type { Environment, TabChannel, TabLocks } from '../environment/environment.ts';
import type { ClientChannel, Transport } from '../transports/transport.ts';
import { isSameConnection, type ConnectionKey } from './connection-key.ts';
import { identityKeysOf, LeaderRelay } from './leader-relay.ts';
import type { ConnectionOwner, PendingConnection } from '../transports/pending-connection.ts';
import type { LeaderMessage, TabMessage } from './tab-messages.ts';

/** The interval between probes of a leader that answers. With both probe timeouts, a follower replaces a frozen leader within 4 s. */
const PROBE_INTERVAL_MS = 2500;
/**
 * How long an answer may take, long tasks of the leader's page included. A probe is sent twice: a tab that was frozen itself runs
 * its timers before it reads its messages, and must not conclude from its own freeze that the leader is frozen.
 */
const PROBE_TIMEOUT_MS = 750;
const MAX_UNANSWERED = 2;
const NORMAL_CLOSE: ChannelClose = { code: 1000, reason: '' };

/** Options of `TabGroup`. */
export interface TabGroupOptions {
  environment: Environment;
  locks: TabLocks;
  transport: Transport;
  /** The name of the channel and of the lock. */
  name: string;
  /** Reconnects at once, if this tab wants a connection at all. */
  restart: () => void;
  /** Checks whether the connection is alive. */
  probe: () => void;
  /** Releases the lock, when this tab holds it already. */
  release?: (() => void) | undefined;
}

/** A connection that this tab opened before there was a group. */
export interface CarriedConnection {
  connection: PendingConnection;
  hello: CommandOf<'hello'>;
  channel: ClientChannel;
  /** undefined: not welcomed yet. */
  welcome: EventOf<'welcome'> | undefined;
  /** The conversation that it follows. */
  conversationId: ConversationId;
}

/** `stealing`: it requested the leader's lock. `alone`: locks or channels do not work, so every connection is this tab's own. */
type Role = 'follower' | 'stealing' | 'leader' | 'alone';

/** This tab as a member of the group. */
export class TabGroup implements ConnectionOwner {
  readonly #options: TabGroupOptions;
  readonly #tab: string;
  readonly #channel: TabChannel | undefined;
  readonly #relay: LeaderRelay;
  readonly #endSigns: () => void;
  #role: Role = 'follower';
  #release: () => void = () => undefined;
  #connection: PendingConnection | undefined;
  #hello: CommandOf<'hello'> | undefined;
  /** The leader's connection that carries this tab's, and how many of its events were received. */
  #via: ConnectionKey | undefined;
  #count = 0;
  #unanswered = 0;
  #timer: Timer | undefined;
  /** The leader refused this tab, which then opened a connection of its own. */
  #isRefused = false;
  #isLeft = false;

  constructor(options: TabGroupOptions) {
    this.#options = options;
    const { environment, name, release } = options;
    this.#tab = [...environment.random(12)].map((byte) => byte.toString(36)).join('');
    this.#channel = environment.channel?.(name, (message) => {
      // Only messages of this type are posted under this name, see tab-messages.ts.
      this.#received(message as TabMessage);
    });
    this.#relay = new LeaderRelay({ tab: this.#tab, post: this.#post, probe: options.probe });
    this.#endSigns = environment.onSign((sign) => {
      if (sign !== 'offline' && sign !== 'left' && this.#via !== undefined)
        this.#post({ kind: 'look', tab: this.#tab });
    });
    if (this.#channel === undefined) this.#role = 'alone';
    else if (release === undefined) this.#hold('wait');
    else {
      this.#role = 'leader';
      this.#release = release;
    }
  }

  /** Becomes the leader with a connection that is open already. */
  adopt({ connection, hello, channel, welcome, conversationId }: CarriedConnection): void {
    this.#connection = connection;
    this.#hello = hello;
    this.#relay.share(connection, channel, hello);
    if (welcome !== undefined) this.#relay.begin(welcome, conversationId);
  }

  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void {
    this.#connection = connection;
    this.#isRefused = false;
    this.#hello = hello;
    if (this.#role === 'leader' || this.#role === 'alone') this.#connect();
    else this.#join();
  }

  closed(connection: PendingConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#stopTimer();
    if (this.#via !== undefined) this.#post({ kind: 'leave', tab: this.#tab });
    this.#via = undefined;
    if (this.#role === 'leader') this.#relay.end();
  }

  /** Leaves the group: this tab needs no connection any more, and another tab leads. May be called twice. */
  leave(): void {
    this.#isLeft = true;
    this.#stopTimer();
    this.#endSigns();
    this.#release();
    this.#channel?.close();
  }

  #hold(how: 'wait' | 'steal'): void {
    this.#release();
    this.#release = this.#options.locks.hold(this.#options.name, how, {
      held: () => {
        this.#lead();
      },
      lost: () => {
        this.lost();
      },
      failed: () => {
        this.#connectAlone();
      },
    });
  }

  #lead(): void {
    this.#role = 'leader';
    this.#stopTimer();
    if (this.#connection?.isPending === true) this.#connect();
    else this.#options.restart();
  }

  /** Handles the loss of the lock. A tab that was frozen may be told of it before it is told that it held the lock. */
  lost(): void {
    const hasLed = this.#role === 'leader';
    // Closed while this tab still leads, so that its followers are told.
    if (hasLed) this.#connection?.close(NORMAL_CLOSE);
    this.#role = 'follower';
    this.#hold('wait');
    if (hasLed) this.#options.restart();
  }

  #connectAlone(): void {
    this.#release();
    this.#role = 'alone';
    if (this.#connection?.isPending === true) this.#connect();
  }

  /** Opens a connection of this tab's own; as the leader, it is shared. */
  #connect(): void {
    const { transport } = this.#options;
    const [connection, hello] = [this.#connection, this.#hello];
    if (connection === undefined || hello === undefined) return;
    this.#stopTimer();
    const channel = transport.open(connection.observer);
    if (this.#role === 'leader') this.#relay.share(connection, channel, hello);
    else connection.attach(channel, { send: (item) => channel.send(item), receive: () => undefined });
  }

  #join(): void {
    const hello = this.#hello;
    if (hello === undefined) return;
    const { id, subscriptions } = hello;
    this.#post({ kind: 'join', tab: this.#tab, id, subscriptions, ...identityKeysOf(hello) });
    this.#unanswered = 1;
    this.#startTimer();
  }

  readonly #post = (message: TabMessage): void => {
    if (!this.#isLeft) this.#channel?.post(message);
  };

  #received(message: TabMessage): void {
    if (this.#isLeft) return;
    switch (message.kind) {
      case 'here':
      case 'welcome':
      case 'refuse':
      case 'event':
        if (this.#role === 'follower' || this.#role === 'stealing') this.#follow(message);
        break;
      default:
        if (this.#role === 'leader') this.#relay.receive(message);
    }
  }

  #follow(message: LeaderMessage): void {
    if ('to' in message && message.to !== this.#tab) return;
    if (this.#unanswered > 0) {
      this.#unanswered = 0;
      if (this.#timer !== undefined) this.#startTimer();
    }
    switch (message.kind) {
      case 'here':
        this.#findLeader(message);
        break;
      case 'welcome':
        this.#welcomed(message);
        break;
      case 'refuse':
        this.#isRefused = true;
        if (this.#connection?.isPending === true) this.#connect();
        break;
      case 'event':
        this.#receive(message);
        break;
    }
  }

  #findLeader({ tab, via, count }: Extract<LeaderMessage, { kind: 'here' }>): void {
    if (this.#via !== undefined) {
      const isOurs = isSameConnection(via, this.#via) && count === this.#count;
      // A former leader that does not know yet that it lost the lock has no connection to offer.
      if (!isOurs && (via !== null || tab === this.#via.tab)) this.#options.restart();
    } else if (via === null) return;
    else if (this.#connection === undefined) this.#options.restart();
    else if (this.#connection.isPending) this.#join();
    else if (!this.#isRefused) this.#options.restart();
  }

  #welcomed({ via, count, welcome }: Extract<LeaderMessage, { kind: 'welcome' }>): void {
    const connection = this.#connection;
    if (connection?.isPending !== true) return;
    this.#via = via;
    this.#count = count;
    connection.delegate((item) => {
      this.#send('type' in item ? [item] : item);
    });
    connection.push(welcome);
  }

  #receive({ via, event }: Extract<LeaderMessage, { kind: 'event' }>): void {
    if (!isSameConnection(via, this.#via)) return;
    this.#count += 1;
    this.#connection?.push(event);
  }

  #send(commands: readonly Command[]): void {
    if (this.#via === undefined) return;
    const posted = commands.filter((command) => !this.#keepsToken(command));
    if (posted.length === 0) return;
    this.#post({ kind: 'commands', tab: this.#tab, via: this.#via, commands: posted });
    // Probes at once instead of after the interval: the visitor waits for the answer.
    if (this.#unanswered === 0) this.#probeLeader();
  }

  /**
   * Answers a fresh token of this tab's page here: tokens are not posted, and the leader's page extends the shared connection.
   * This tab keeps its own for the hello with which it takes over, e.g. when the leader's token has expired.
   */
  #keepsToken({ type, id: commandId }: Command): boolean {
    if (type === 'refresh-auth') this.#connection?.push({ type: 'accepted', commandId });
    return type === 'refresh-auth';
  }

  #probeLeader(): void {
    this.#post({ kind: 'ask', tab: this.#tab });
    this.#unanswered += 1;
    this.#startTimer();
  }

  #startTimer(): void {
    this.#timer?.cancel();
    const delayMs = this.#unanswered === 0 ? PROBE_INTERVAL_MS : PROBE_TIMEOUT_MS;
    this.#timer = this.#options.environment.clock.after(delayMs, () => {
      if (this.#unanswered < MAX_UNANSWERED) this.#probeLeader();
      else this.#leaderIsSilent();
    });
  }

  #leaderIsSilent(): void {
    if (this.#role === 'stealing') {
      this.#connect(); // the locks do not work: a connection of its own, until a leader or the lock appears
      return;
    }
    this.#role = 'stealing';
    this.#unanswered = 0;
    this.#hold('steal');
    this.#probeLeader();
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
