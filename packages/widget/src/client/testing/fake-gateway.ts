/**
 * A scripted gateway: speaks the protocol over lines in memory, accepts each message once, and breaks lines where a test asks.
 * It is the Transport that a client is given.
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
import { createChannelPair } from '@rivulet/protocol/testing';
import type { ClientChannel, ConnectionObserver, Transport } from '../transports/transport.ts';
import { ABNORMAL } from '../transports/transport.ts';
import { seeded } from './fake-environment.ts';
import { FakeLog } from './fake-log.ts';

/** How many frames still pass on a line before it breaks: those after are lost, in both directions. */
export interface Fuse {
  frames: number;
}

export class FakeGateway implements Transport {
  readonly name = 'fake';
  readonly logs = new Map<ConversationId, FakeLog>();
  /** Every command that arrived, in order, over all lines. */
  readonly commands: Command[] = [];
  readonly connections: FakeConnection[] = [];
  /** Turns up: the gateway answers. Down: lines open and stay silent. */
  isUp = true;
  /** `auto`: the sender of a message follows its conversation by itself. */
  senders: 'auto' | 'must-subscribe' = 'auto';
  messagesPerPage = 1000;
  /** Asked before each command; an error is its rejection. */
  refuse: (command: Command, connection: FakeConnection) => ErrorBody | undefined = () => undefined;
  /** What every welcome says it can do. */
  capabilities: string[] = ['previous-token'];
  /** What every welcome says may be attached. */
  files: EventOf<'welcome'>['files'];
  /** Its clock. */
  now: () => number = () => 0;
  /** The fuse of the next line. */
  nextFuse: () => Fuse = () => ({ frames: Infinity });
  readonly random: (length: number) => Uint8Array;

  constructor(seed = 7) {
    const next = seeded(seed);
    this.random = (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256));
  }

  open(observer: ConnectionObserver): ClientChannel {
    const [client, server] = createChannelPair<Command | readonly Command[], ChatEvent>();
    const connection = new FakeConnection(this, { server, observer, fuse: this.nextFuse() });
    this.connections.push(connection);
    return client;
  }

  /** The newest line. */
  get connection(): FakeConnection {
    return this.connections.at(-1)!;
  }

  log(id: ConversationId): FakeLog {
    const log = this.logs.get(id) ?? new FakeLog(id);
    this.logs.set(id, log);
    return log;
  }

  merge({ token, previousToken }: CommandOf<'hello'>): void {
    if (token === undefined || !this.capabilities.includes('previous-token')) return;
    for (const log of this.logs.values()) if (log.owner === previousToken) log.owner = token;
  }

  /** A conversation that this test's gateway does not have any more. */
  erase(id: ConversationId): void {
    this.logs.delete(id);
  }

  /** The one conversation of a test that has one. */
  get onlyLog(): FakeLog {
    return [...this.logs.values()][0]!;
  }

  ofType<Type extends Command['type']>(type: Type): CommandOf<Type>[] {
    return this.commands.filter((command): command is CommandOf<Type> => command.type === type);
  }

  /** Breaks every line without a word. */
  cut(): void {
    for (const connection of this.connections) connection.end(ABNORMAL);
  }
}

interface FakeConnectionParts {
  server: {
    send(event: ChatEvent): Promise<void>;
    receive(): AsyncIterable<Command | readonly Command[]>;
    close(close: ChannelClose): void;
  };
  observer: ConnectionObserver;
  fuse: Fuse;
}

export class FakeConnection {
  readonly observer: ConnectionObserver;
  /** Who speaks on it. */
  token = 'minted';
  /** How many of the next logged events this line loses without breaking. */
  losses = 0;
  readonly #gateway: FakeGateway;
  readonly #server: FakeConnectionParts['server'];
  readonly #fuse: Fuse;
  readonly #watched = new Map<FakeLog, (event: LoggedEvent) => void>();

  constructor(gateway: FakeGateway, { server, observer, fuse }: FakeConnectionParts) {
    this.#gateway = gateway;
    this.#server = server;
    this.#fuse = fuse;
    this.observer = observer;
    void this.#serve();
  }

  send(event: ChatEvent): void {
    if (this.losses > 0 && isLogged(event)) {
      this.losses -= 1;
      return;
    }
    if (this.#burn()) void this.#server.send(event);
  }

  /** The gateway's own end, or the network's. */
  end(close: ChannelClose): void {
    for (const [log, watch] of this.#watched) log.watchers.delete(watch);
    this.#watched.clear();
    this.#server.close(close);
  }

  follow({ conversationId, cursor }: Subscription, commandId: Command['id']): void {
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
    if (this.#watched.has(log)) return;
    const watch = (event: LoggedEvent) => {
      this.send(event);
    };
    this.#watched.set(log, watch);
    log.watchers.add(watch);
  }

  async #serve(): Promise<void> {
    for await (const frame of this.#server.receive()) {
      if (!this.#burn() || !this.#gateway.isUp) continue;
      for (const command of 'type' in frame ? [frame] : frame) this.#take(command);
    }
  }

  #take(command: Command): void {
    this.#gateway.commands.push(command);
    const error = this.#gateway.refuse(command, this);
    if (error !== undefined) this.send({ type: 'rejected', commandId: command.id, error });
    else answer(command, this, this.#gateway);
  }

  unfollow(conversationId: ConversationId): void {
    for (const [log, watch] of this.#watched) {
      if (log.id !== conversationId) continue;
      log.watchers.delete(watch);
      this.#watched.delete(log);
    }
  }

  isFollowing(log: FakeLog): boolean {
    return this.#watched.has(log);
  }

  /** @returns whether this frame still passes. */
  #burn(): boolean {
    this.#fuse.frames -= 1;
    if (this.#fuse.frames >= 0) return true;
    this.end(ABNORMAL);
    return false;
  }
}

function answer(command: Command, peer: FakeConnection, gateway: FakeGateway): void {
  switch (command.type) {
    case 'hello':
      peer.token = command.token ?? 'minted';
      gateway.merge(command);
      peer.send({
        type: 'welcome',
        protocol: '1.0',
        sessionId: 's1',
        principal: { id: 'p1', kind: 'anonymous' },
        ...(command.token === undefined ? { token: 'minted' } : {}),
        limits: { maxFrameBytes: 65_536, maxMessageChars: 32_000 },
        ...(gateway.files && { files: gateway.files }),
        heartbeatMs: 25_000,
        serverTimeMs: gateway.now(),
        capabilities: gateway.capabilities,
      });
      for (const subscription of command.subscriptions) peer.follow(subscription, command.id);
      break;
    case 'subscribe':
      peer.follow(command, command.id);
      break;
    case 'unsubscribe':
      peer.unfollow(command.conversationId);
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
      break;
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
  const runId = log.accepted.get(messageId) ?? mintRunId(gateway.random);
  if (!log.accepted.has(messageId)) {
    log.accepted.set(messageId, runId);
    log.addMessage(command);
    log.startRun(runId, mintMessageId(gateway.random), messageId);
  }
  peer.send({ type: 'accepted', commandId: command.id, messageId, runId });
  if (gateway.senders === 'auto' && !peer.isFollowing(log))
    peer.follow({ conversationId: log.id }, command.id);
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
