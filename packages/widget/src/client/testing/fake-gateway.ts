/**
 * A fake gateway: speaks the protocol over connections in memory, accepts each message once, and breaks connections where a test
 * wants it. Pass it to a client as the transport.
 */
import {
  ChatError,
  isLogged,
  mintMessageId,
  mintRunId,
  type ChannelClose,
  type ChatEvent,
  type Command,
  type CommandOf,
  type ConversationId,
  type ErrorBody,
  type EventOf,
  type LoggedEvent,
  type Subscription,
} from '@rivulet/protocol';
import { createChannelPair, createRandom } from '@rivulet/protocol/testing';
import type { ClientChannel, ConnectionObserver, Transport } from '../transports/transport.ts';
import { ABNORMAL } from '../transports/transport.ts';
import { welcomeOf } from './fake-welcome.ts';
import { answerDesk } from './fake-desk.ts';
import { FakeLog } from './fake-log.ts';

/** The number of frames that still pass, in both directions together, before the connection breaks. Later frames are lost. */
export interface FrameLimit {
  /** Decreases with each frame; a test may change it. */
  frames: number;
}

/** A gateway whose answers are written by the test, through the logs of its conversations. */
export class FakeGateway implements Transport {
  readonly name = 'fake';
  /** The logs of all conversations. */
  readonly logs = new Map<ConversationId, FakeLog>();
  /** Every command that arrived, in order, over all connections. */
  readonly commands: Command[] = [];
  /** Every connection that was opened, oldest first, also closed ones. */
  readonly connections: FakeConnection[] = [];
  /** Whether the gateway answers. While it is down, connections open and stay silent. */
  isUp = true;
  /** `auto`: the gateway subscribes the sender of a message to its conversation. */
  senders: 'auto' | 'must-subscribe' = 'auto';
  /** The size of the pages of a snapshot. */
  messagesPerPage = 1000;
  /** Called before each command; a returned error rejects the command. */
  refuse: (command: Command, connection: FakeConnection) => ErrorBody | undefined = () => undefined;
  /** The capabilities in every welcome. */
  capabilities: string[] = ['previous-token'];
  /** The file limits in every welcome. */
  files: EventOf<'welcome'>['files'];
  /** Whether the site is switched off, in every welcome. */
  disabled: EventOf<'welcome'>['disabled'];
  /** false: what it sends can be resumed on its connections only. */
  isResumable: EventOf<'welcome'>['isResumable'];
  /** The clock of the gateway, in milliseconds. */
  now: () => number = () => 0;
  /** Returns the frame limit of the next connection. */
  nextFrameLimit: () => FrameLimit = () => ({ frames: Infinity });
  /** The number of new anonymous visitors so far. Their tokens are `minted`, `minted+`, `minted++`, … */
  visitors = 0;
  /** Random bytes, repeatable by the seed. */
  readonly random: (length: number) => Uint8Array;

  constructor(seed = 7) {
    const next = createRandom(seed);
    this.random = (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256));
  }

  open(observer: ConnectionObserver): ClientChannel {
    const [client, server] = createChannelPair<Command | readonly Command[], ChatEvent>();
    const connection = new FakeConnection(this, { server, observer, frameLimit: this.nextFrameLimit() });
    this.connections.push(connection);
    return client;
  }

  /** The newest connection. */
  get connection(): FakeConnection {
    return this.connections.at(-1)!;
  }

  /** The log of a conversation, which is created if there is none. */
  log(id: ConversationId): FakeLog {
    const log = this.logs.get(id) ?? new FakeLog(id);
    this.logs.set(id, log);
    return log;
  }

  /** Gives the conversations of the previous token to the token of the hello. */
  merge({ token, previousToken }: CommandOf<'hello'>): void {
    if (token === undefined || !this.capabilities.includes('previous-token')) return;
    for (const log of this.logs.values()) if (log.owner === previousToken) log.owner = token;
  }

  /** Erases a conversation without notifying anyone. */
  erase(id: ConversationId): void {
    this.logs.delete(id);
  }

  /** The log of the first conversation, for tests with one conversation. */
  get onlyLog(): FakeLog {
    return [...this.logs.values()][0]!;
  }

  /** The commands of one type that arrived, in order. */
  ofType<Type extends Command['type']>(type: Type): CommandOf<Type>[] {
    return this.commands.filter((command): command is CommandOf<Type> => command.type === type);
  }

  /** Switches the site, and tells every client all that the gateway states now. */
  switchSite(disabled: EventOf<'welcome'>['disabled']): void {
    this.disabled = disabled;
    for (const connection of this.connections) connection.send(welcomeOf(this));
  }

  /** Breaks every connection without a close frame. */
  cut(): void {
    for (const connection of this.connections) connection.end(ABNORMAL);
  }
}

/** What a connection is made of. */
interface FakeConnectionParts {
  server: {
    send(event: ChatEvent): Promise<void>;
    receive(): AsyncIterable<Command | readonly Command[]>;
    close(close: ChannelClose): void;
  };
  observer: ConnectionObserver;
  frameLimit: FrameLimit;
}

/** The gateway's end of one connection. */
export class FakeConnection {
  /** The observer that the client passed to `open`. */
  readonly observer: ConnectionObserver;
  /** The token of the newest hello or refresh-auth. */
  token = 'minted';
  /** The number of next logged events that are lost although the connection stays open. */
  losses = 0;
  readonly #gateway: FakeGateway;
  readonly #server: FakeConnectionParts['server'];
  readonly #frameLimit: FrameLimit;
  readonly #subscribed = new Map<FakeLog, (event: LoggedEvent) => void>();

  constructor(gateway: FakeGateway, { server, observer, frameLimit }: FakeConnectionParts) {
    this.#gateway = gateway;
    this.#server = server;
    this.#frameLimit = frameLimit;
    this.observer = observer;
    void this.#serve();
  }

  /** Sends an event to the client. */
  send(event: ChatEvent): void {
    if (this.losses > 0 && isLogged(event)) {
      this.losses -= 1;
      return;
    }
    if (this.#countFrame()) void this.#server.send(event);
  }

  /** Closes the connection, as the gateway or the network. */
  end(close: ChannelClose): void {
    for (const [log, watch] of this.#subscribed) log.watchers.delete(watch);
    this.#subscribed.clear();
    this.#server.close(close);
  }

  /**
   * Answers a subscription: a replay from the cursor, or a snapshot, then live events. Rejects it with not-found for other
   * owners.
   */
  subscribe({ conversationId, cursor }: Subscription, commandId: Command['id']): void {
    const log = this.#gateway.logs.get(conversationId);
    if (log === undefined || (log.owner ?? this.token) !== this.token) {
      this.send({ type: 'rejected', commandId, error: new ChatError('not-found').toBody() });
      return;
    }
    const { epoch, seq } = log;
    const isKept = cursor?.epoch === epoch && cursor.seq + 1 >= log.keptFrom;
    this.send({ type: 'subscribed', conversationId, epoch, mode: isKept ? 'replay' : 'snapshot' });
    if (isKept) for (const event of log.events.slice(cursor.seq)) this.send(event);
    else {
      if (cursor !== undefined) this.send({ type: 'reset', conversationId, why: 'gap-not-kept' });
      this.#sendSnapshot(log);
    }
    this.#watch(log);
    this.send({ type: 'synced', conversationId, epoch, seq });
  }

  #sendSnapshot(log: FakeLog): void {
    for (const page of log.pages(this.#gateway.messagesPerPage)) this.send(page);
  }

  #watch(log: FakeLog): void {
    if (this.#subscribed.has(log)) return;
    const watch = (event: LoggedEvent) => {
      this.send(event);
    };
    this.#subscribed.set(log, watch);
    log.watchers.add(watch);
  }

  async #serve(): Promise<void> {
    for await (const frame of this.#server.receive()) {
      if (!this.#countFrame() || !this.#gateway.isUp) continue;
      for (const command of 'type' in frame ? [frame] : frame) this.#take(command);
    }
  }

  #take(command: Command): void {
    this.#gateway.commands.push(command);
    const error = this.#gateway.refuse(command, this);
    if (error !== undefined) this.send({ type: 'rejected', commandId: command.id, error });
    else answer(command, this, this.#gateway);
  }

  /** Ends the subscription to a conversation. */
  unsubscribe(conversationId: ConversationId): void {
    for (const [log, watch] of this.#subscribed) {
      if (log.id !== conversationId) continue;
      log.watchers.delete(watch);
      this.#subscribed.delete(log);
    }
  }

  /** Whether the client is subscribed to the conversation. */
  isSubscribed(log: FakeLog): boolean {
    return this.#subscribed.has(log);
  }

  /** Counts a frame and breaks the connection at its limit. @returns whether this frame still passes */
  #countFrame(): boolean {
    this.#frameLimit.frames -= 1;
    if (this.#frameLimit.frames >= 0) return true;
    this.end(ABNORMAL);
    return false;
  }
}

function answer(command: Command, peer: FakeConnection, gateway: FakeGateway): void {
  switch (command.type) {
    case 'hello':
      peer.token = command.token ?? `minted${'+'.repeat(gateway.visitors++)}`;
      gateway.merge(command);
      peer.send({ ...welcomeOf(gateway), ...(command.token === undefined && { token: peer.token }) });
      for (const subscription of command.subscriptions) peer.subscribe(subscription, command.id);
      break;
    case 'subscribe':
      peer.subscribe(command, command.id);
      break;
    case 'unsubscribe':
      peer.unsubscribe(command.conversationId);
      break;
    case 'send-message':
      acceptMessage(command, peer, gateway);
      break;
    case 'edit-message':
      acceptEdit(command, peer, gateway);
      break;
    case 'regenerate':
      regenerate(command, peer, gateway);
      break;
    case 'abort-run':
      abort(command, peer, gateway);
      break;
    case 'feedback':
      gateway.log(command.conversationId).rate(command);
      peer.send({ type: 'accepted', commandId: command.id });
      break;
    case 'refresh-auth':
      peer.token = command.token;
      peer.send({ type: 'accepted', commandId: command.id });
      break;
    case 'ping':
      peer.send({ type: 'pong', commandId: command.id, serverTimeMs: 0 });
      break;
    default:
      answerDesk(command, peer, gateway);
  }
}

function acceptEdit(command: CommandOf<'edit-message'>, peer: FakeConnection, gateway: FakeGateway): void {
  const { replacesId, ...message } = command;
  const replaced = gateway.log(command.conversationId).state.messages.find(({ id }) => id === replacesId);
  acceptMessage({ ...message, type: 'send-message', parentId: replaced?.parentId ?? null }, peer, gateway);
}

function acceptMessage(command: CommandOf<'send-message'>, peer: FakeConnection, gateway: FakeGateway): void {
  const log = gateway.log(command.conversationId);
  log.owner ??= peer.token;
  const { messageId } = command;
  const isWithPerson = (log.state.owner?.kind ?? 'ai') !== 'ai';
  const runId = log.accepted.get(messageId) ?? mintRunId(gateway.random);
  if (!log.accepted.has(messageId)) {
    log.accepted.set(messageId, runId);
    log.addMessage(command);
    if (!isWithPerson) log.startRun(runId, mintMessageId(gateway.random), messageId);
  }
  peer.send({ type: 'accepted', commandId: command.id, messageId, ...(!isWithPerson && { runId }) });
  if (gateway.senders === 'auto' && !peer.isSubscribed(log))
    peer.subscribe({ conversationId: log.id }, command.id);
}

function regenerate(command: CommandOf<'regenerate'>, peer: FakeConnection, gateway: FakeGateway): void {
  const { conversationId, messageId, runId } = command;
  const log = gateway.log(conversationId);
  const parentId = log.state.messages.find(({ id }) => id === messageId)?.parentId ?? messageId;
  if (!log.regenerated.has(runId)) log.startRun(runId, mintMessageId(gateway.random), parentId);
  log.regenerated.add(runId);
  peer.send({ type: 'accepted', commandId: command.id, runId });
}

function abort(command: CommandOf<'abort-run'>, peer: FakeConnection, gateway: FakeGateway): void {
  const log = gateway.logs.get(command.conversationId);
  const runId = command.runId ?? (command.messageId && log?.accepted.get(command.messageId));
  if (log?.finish('aborted', runId) === true) peer.send({ type: 'accepted', commandId: command.id });
  else peer.send({ type: 'rejected', commandId: command.id, error: new ChatError('not-found').toBody() });
}
