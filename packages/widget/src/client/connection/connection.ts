/** Performs the effects of the connection state machine: opens channels, reads events, runs its one timer. */
import {
  mintCommandId,
  type ChatError,
  type ChatEvent,
  type Command,
  type CommandOf,
  type ErrorBody,
  type EventOf,
  type Timer,
} from '@rivulet/protocol';
import {
  IDLE,
  step,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionSettings,
  type ConnectionState,
} from './connection-state.ts';
import { randomFraction, type Environment } from '../environment/environment.ts';
import { UNREADABLE, type ClientChannel, type Transport } from '../transports/transport.ts';

/** What a Connection needs, and the callbacks that it calls. */
export interface ConnectionOptions {
  environment: Environment;
  transport: Transport;
  settings: ConnectionSettings;
  /** Creates the hello of each attempt anew: token and cursors change. */
  hello(): CommandOf<'hello'>;
  /** Called after every change of state, when its effects are done. */
  changed(state: ConnectionState, before: ConnectionState): void;
  /** The connection is open; commands may be sent now. */
  welcomed(welcome: EventOf<'welcome'>): void;
  /** Called for all events except `welcome`, in order, of the newest connection only. */
  received(event: ChatEvent): void;
  /** A frame could not be decoded; the connection closes after it. */
  unreadable(error: ChatError): void;
}

/** Keeps one connection to the gateway open from `connect()` to `close()`. */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = IDLE;
  #channel: ClientChannel | undefined;
  #timer: Timer | undefined;
  #timerAtMs: number | null = null;
  #receivedAtMs = 0;
  /** The gateway's rejection of this attempt's hello. */
  #refusal: ErrorBody | undefined;
  #helloId: string | undefined;
  #endSigns: (() => void) | undefined;
  /** The number of events of unknown types since the start; above 0 the gateway is newer than this client. */
  ignoredEvents = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The state of the state machine. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** The id of the newest hello. The gateway rejects its subscriptions under this id. */
  get helloId(): string | undefined {
    return this.#helloId;
  }

  /** Connects unless it is connected or connecting, and again after `close()` or a refusal. */
  connect(): void {
    const { environment } = this.#options;
    this.#endSigns ??= environment.onSign((sign) => {
      const kind = sign === 'left' ? 'offline' : sign === 'restored' ? 'online' : sign;
      this.#step({ kind, nowMs: environment.clock.now() });
    });
    const before = this.#state;
    this.#step({ kind: 'connect', nowMs: environment.clock.now() });
    if (this.#state !== before && !environment.isOnline()) this.#step({ kind: 'offline' });
  }

  /** Reconnects at once with a new hello. Does nothing when nothing has requested a connection. */
  restart(): void {
    this.#step({ kind: 'restart', nowMs: this.#options.environment.clock.now() });
  }

  /** Makes an attempt at once, also after a refusal. Does nothing while connected or connecting. */
  retry(): void {
    this.#step({ kind: 'retry', nowMs: this.#options.environment.clock.now() });
  }

  /** Checks that the connection works: without an event within 2 s it is replaced. */
  probe(): void {
    this.#step({ kind: 'visible', nowMs: this.#options.environment.clock.now() });
  }

  /** Closes the connection. May be called twice. */
  close(): void {
    this.#endSigns?.();
    this.#endSigns = undefined;
    this.#step({ kind: 'close' });
  }

  /** Closes a connection whose events make no sense; the next attempt follows with backoff. */
  drop(): void {
    this.#channel?.close(UNREADABLE);
  }

  /** Adds to each command what belongs to the moment of sending, e.g. the page's tools. */
  prepare: (command: Command) => Command = (command) => command;

  /** Sends a command; does nothing unless the connection is open. */
  send(command: Command): void {
    if (this.#state.kind === 'open') void this.#channel?.send(this.prepare(command));
  }

  #step(input: ConnectionInput): void {
    const before = this.#state;
    const { state, effects } = step(before, input, this.#options.settings);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#setTimer('dueAtMs' in state ? state.dueAtMs : null);
    if (state !== before) this.#options.changed(state, before);
  }

  #perform(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'open-connection':
        this.#open(effect.attempt);
        break;
      case 'close-connection': {
        const channel = this.#channel;
        this.#channel = undefined; // its later events are ignored
        channel?.close(effect.close);
        break;
      }
      case 'ping':
        void this.#channel?.send({ type: 'ping', id: mintCommandId(this.#options.environment.random) });
        break;
    }
  }

  #open(attempt: number): void {
    const options = this.#options;
    const channel = options.transport.open({
      unreadable: (error) => {
        options.unreadable(error);
      },
      ignored: (count) => (this.ignoredEvents += count),
    });
    const first = options.hello();
    this.#channel = channel;
    this.#helloId = first.id;
    this.#refusal = undefined;
    void channel.send(first);
    void this.#read(channel, attempt);
  }

  async #read(channel: ClientChannel, attempt: number): Promise<void> {
    const { clock, random } = this.#options.environment;
    for await (const event of channel.receive()) {
      if (this.#channel !== channel) return;
      this.#receivedAtMs = clock.now();
      this.#receive(event, attempt);
    }
    // Read `closed` only now: a rejection that explains the close arrives before it.
    const { code } = await channel.closed;
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#step({
      kind: 'lost',
      attempt,
      code,
      nowMs: clock.now(),
      jitter: randomFraction(random),
      error: this.#refusal,
    });
  }

  #receive(event: ChatEvent, attempt: number): void {
    const { clock, random } = this.#options.environment;
    const nowMs = clock.now();
    try {
      if (event.type === 'welcome') {
        this.#step({ kind: 'welcomed', attempt, nowMs, heartbeatMs: event.heartbeatMs });
        this.#options.welcomed(event);
        return;
      }
      if (event.type === 'draining')
        this.#step({
          kind: 'draining',
          attempt,
          nowMs,
          withinMs: event.withinMs,
          jitter: randomFraction(random),
        });
      if (event.type === 'rejected' && this.#state.kind === 'connecting') this.#refusal = event.error;
      this.#options.received(event);
    } catch (error) {
      // An error in handling one event must not end the reading of the others.
      this.#options.environment.report(error);
    }
  }

  #setTimer(dueAtMs: number | null): void {
    if (dueAtMs === this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = dueAtMs;
    if (dueAtMs === null) return;
    const { clock, random } = this.#options.environment;
    this.#timer = clock.after(Math.max(0, dueAtMs - clock.now()), () => {
      this.#timerAtMs = null;
      this.#step({
        kind: 'due',
        nowMs: clock.now(),
        receivedAtMs: this.#receivedAtMs,
        jitter: randomFraction(random),
      });
    });
  }
}
