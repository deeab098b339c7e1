/**
 * This tab among those that speak as the same person: one leads and holds the real line, the others follow over a channel.
 *
 * Who leads is who holds the lock, and nothing else: each tab waits in line for it, so the browser names the next one in the
 * moment in which a tab dies. A leader that is frozen keeps the lock and cannot answer; who hears nothing from it takes the
 * lock away (`steal`) rather than open a line of its own, because then there is one leader again, and the frozen one, once
 * thawed, is told that it lost and follows. Two that steal at once: the second has it, the first follows it.
 *
 * A takeover is a new line with a new hello: cursors, outbox and open requests are the session's, which resumes as after any
 * lost line (§6, §8.3). So nothing is lost or doubled that a single tab would not lose or double.
 */
import type { ChannelClose, Command, CommandOf, ConversationId, EventOf, Timer } from '@rivulet/protocol';
import type { Environment, TabChannel, TabLocks } from '../environment/environment.ts';
import type { ClientChannel, Transport } from '../transports/transport.ts';
import { LeaderRelay } from './leader-relay.ts';
import type { ConnectionOwner, PendingConnection } from '../transports/pending-connection.ts';
import { isSameConnection, type LeaderMessage, type ConnectionKey, type TabMessage } from './tab-messages.ts';

/** Between two questions to a leader that answers: what a frozen one may cost who looks at a follower, with the next two. */
const PROBE_INTERVAL_MS = 2500;
/**
 * For an answer: a task of another tab, long ones included. Asked twice, so that a tab that was frozen itself, whose timers
 * ring before it reads what came, does not take its own sleep for the leader's.
 */
const PROBE_TIMEOUT_MS = 750;
const MAX_UNANSWERED = 2;
const NORMAL_CLOSE: ChannelClose = { code: 1000, reason: '' };

export interface TabGroupOptions {
  environment: Environment;
  locks: TabLocks;
  transport: Transport;
  /** Of the channel and of the lock. */
  name: string;
  /** `compared`: the name does not tell two visitors apart, their tokens do. `secret`: it does, and the site's token is not posted. */
  tokens: 'compared' | 'secret';
  /** A new line at once, if this tab wants one at all. */
  restart: () => void;
  /** See whether the line lives. */
  probe: () => void;
  /** Of the lock, where this tab has it already. */
  release?: (() => void) | undefined;
}

/** A line that this tab has carried by itself until now. */
export interface CarriedConnection {
  connection: PendingConnection;
  hello: CommandOf<'hello'>;
  real: ClientChannel;
  /** undefined: not welcomed yet. */
  welcome: EventOf<'welcome'> | undefined;
  /** What it follows. */
  conversationId: ConversationId;
}

/** `alone`: the page may not lock, or there is nobody to follow and nothing to take: every line is this tab's own. */
type Role = 'follower' | 'thief' | 'leader' | 'alone';

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
  /** The leader's line that carries ours, and how many of its events were counted. */
  #via: ConnectionKey | undefined;
  #count = 0;
  #unanswered = 0;
  #timer: Timer | undefined;
  /** The line is real because the leader refused it. */
  #isRefused = false;
  #isLeft = false;

  constructor(options: TabGroupOptions) {
    this.#options = options;
    const { environment, name, release } = options;
    this.#tab = [...environment.random(12)].map((byte) => byte.toString(36)).join('');
    this.#channel = environment.channel?.(name, (message) => {
      // Under this name only these are posted, see tab-messages.ts.
      this.#received(message as TabMessage);
    });
    this.#relay = new LeaderRelay({ tab: this.#tab, post: this.#post, probe: options.probe });
    this.#endSigns = environment.onSign((sign) => {
      if (sign !== 'offline' && this.#via !== undefined) this.#post({ kind: 'look', tab: this.#tab });
    });
    if (this.#channel === undefined) this.#role = 'alone';
    else if (release === undefined) this.#hold('wait');
    else {
      this.#role = 'leader';
      this.#release = release;
    }
  }

  /** Leads on with a line that lives: the others come to it. */
  adopt({ connection, hello, real, welcome, conversationId }: CarriedConnection): void {
    this.#connection = connection;
    this.#hello = this.#postableHello(hello);
    this.#relay.share(connection, real, this.#hello);
    if (welcome !== undefined) this.#relay.begin(welcome, conversationId);
  }

  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void {
    this.#connection = connection;
    this.#isRefused = false;
    this.#hello = this.#postableHello(hello);
    if (this.#role === 'leader' || this.#role === 'alone') this.#carry();
    else this.#join();
  }

  closed(connection: PendingConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#endWatch();
    if (this.#via !== undefined) this.#post({ kind: 'leave', tab: this.#tab });
    this.#via = undefined;
    if (this.#role === 'leader') this.#relay.end();
  }

  /** Nobody wants a line here any more; the next in line leads. May be called twice. */
  leave(): void {
    this.#isLeft = true;
    this.#endWatch();
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
    this.#endWatch();
    if (this.#connection?.isPending === true) this.#carry();
    else this.#options.restart();
  }

  /** The lock was stolen; perhaps before this tab, frozen, heard that it had it. */
  lost(): void {
    const hasLed = this.#role === 'leader';
    // While this tab still leads: its followers are told.
    if (hasLed) this.#connection?.close(NORMAL_CLOSE);
    this.#role = 'follower';
    this.#hold('wait');
    if (hasLed) this.#options.restart();
  }

  #connectAlone(): void {
    this.#release();
    this.#role = 'alone';
    if (this.#connection?.isPending === true) this.#carry();
  }

  /** A line of this tab's own. */
  #carry(): void {
    const { transport } = this.#options;
    const [connection, hello] = [this.#connection, this.#hello];
    if (connection === undefined || hello === undefined) return;
    this.#endWatch();
    const real = transport.open(connection.observer);
    if (this.#role === 'leader') this.#relay.share(connection, real, hello);
    else connection.attach(real, { send: (item) => real.send(item), receive: () => undefined });
  }

  /** Without the site's token, where that is a secret. */
  #postableHello(hello: CommandOf<'hello'>): CommandOf<'hello'> {
    const { token: _secret, ...others } = hello;
    return this.#options.tokens === 'secret' ? others : hello;
  }

  #join(): void {
    if (this.#hello === undefined) return;
    this.#post({ kind: 'join', tab: this.#tab, hello: this.#hello });
    this.#unanswered = 1;
    this.#watch();
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
        if (this.#role === 'follower' || this.#role === 'thief') this.#follow(message);
        break;
      default:
        if (this.#role === 'leader') this.#relay.receive(message);
    }
  }

  #follow(message: LeaderMessage): void {
    if ('to' in message && message.to !== this.#tab) return;
    if (this.#unanswered > 0) {
      this.#unanswered = 0;
      if (this.#timer !== undefined) this.#watch();
    }
    switch (message.kind) {
      case 'here':
        this.#find(message);
        break;
      case 'welcome':
        this.#welcomed(message);
        break;
      case 'refuse':
        this.#isRefused = true;
        if (this.#connection?.isPending === true) this.#carry();
        break;
      case 'event':
        this.#receive(message);
        break;
    }
  }

  #find({ tab, via, count }: Extract<LeaderMessage, { kind: 'here' }>): void {
    if (this.#via !== undefined) {
      const isOurs = isSameConnection(via, this.#via) && count === this.#count;
      // A former leader that does not know it yet has no line to offer, and is not asked.
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
    this.#post({ kind: 'commands', tab: this.#tab, via: this.#via, commands });
    // Not at the next calm question: somebody waits for the answer.
    if (this.#unanswered === 0) this.#ask();
  }

  #ask(): void {
    this.#post({ kind: 'ask', tab: this.#tab });
    this.#unanswered += 1;
    this.#watch();
  }

  #watch(): void {
    this.#timer?.cancel();
    const delayMs = this.#unanswered === 0 ? PROBE_INTERVAL_MS : PROBE_TIMEOUT_MS;
    this.#timer = this.#options.environment.clock.after(delayMs, () => {
      if (this.#unanswered < MAX_UNANSWERED) this.#ask();
      else this.#silent();
    });
  }

  #silent(): void {
    if (this.#role === 'thief') {
      this.#carry(); // locks that do nothing: by itself, until a leader or the lock shows up
      return;
    }
    this.#role = 'thief';
    this.#unanswered = 0;
    this.#hold('steal');
    this.#ask();
  }

  #endWatch(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
