/** Performs what the machine decides: opens lines, reads them, keeps its one timer. */
import {
  mintCommandId,
  type ChatError,
  type ChatEvent,
  type Command,
  type CommandOf,
  type ErrorBody,
  type EventOf,
} from '@rivulet/protocol';
import type { Timer } from '../environment/clock.ts';
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

export interface ConnectionOptions {
  environment: Environment;
  transport: Transport;
  settings: ConnectionSettings;
  /** Made anew for each line: token and cursors change. */
  hello(): CommandOf<'hello'>;
  /** After every change, once the effects are done. */
  changed(state: ConnectionState, before: ConnectionState): void;
  /** The line is open; commands may be sent now. */
  welcomed(welcome: EventOf<'welcome'>): void;
  /** All but `welcome`, in order, of the newest line only. */
  received(event: ChatEvent): void;
  unreadable(error: ChatError): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = IDLE;
  #channel: ClientChannel | undefined;
  #timer: Timer | undefined;
  #timerAtMs: number | null = null;
  #receivedAtMs = 0;
  /** What the gateway said against the hello of this line. */
  #refusal: ErrorBody | undefined;
  #helloId: string | undefined;
  #endSigns: (() => void) | undefined;
  /** Events of unknown types passed over since the start: a gateway newer than this client. */
  ignoredEvents = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The id of the newest line's hello: its subscriptions are answered under it. */
  get helloId(): string | undefined {
    return this.#helloId;
  }

  connect(): void {
    const { environment } = this.#options;
    this.#endSigns ??= environment.onSign((sign) => {
      this.#step({ kind: sign, nowMs: environment.clock.now() });
    });
    const before = this.#state;
    this.#step({ kind: 'connect', nowMs: environment.clock.now() });
    if (this.#state !== before && !environment.isOnline()) this.#step({ kind: 'offline' });
  }

  /** A new line at once, with a new hello; does nothing when nobody has asked to connect. */
  restart(): void {
    this.#step({ kind: 'restart', nowMs: this.#options.environment.clock.now() });
  }

  /** Somebody needs the line now: an answer in 2 s, or another line. */
  probe(): void {
    this.#step({ kind: 'visible', nowMs: this.#options.environment.clock.now() });
  }

  close(): void {
    this.#endSigns?.();
    this.#endSigns = undefined;
    this.#step({ kind: 'close' });
  }

  /** Gives a line up on which the gateway makes no sense; the next one comes with backoff. */
  drop(): void {
    this.#channel?.close(UNREADABLE);
  }

  /** Adds what a command takes along on its way, and is no part of what it is. */
  prepare: (command: Command) => Command = (command) => command;

  /** Only while open: who sends waits for `welcomed`. */
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
        this.#channel = undefined; // what it still says is late
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
    // Only now: the gateway's last words (why it refuses) come before its closing.
    const { code } = await channel.closed;
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#step({
      kind: 'lost',
      attempt,
      code,
      nowMs: clock.now(),
      jitter: randomFraction(random),
      ...(this.#refusal === undefined ? {} : { error: this.#refusal }),
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
      // A mistake of ours in one event must not end the reading of all others.
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
