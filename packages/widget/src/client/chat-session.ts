/**
 * Composes the parts of the client (connection, outbox, identity, conversation) and dispatches the gateway's events to them.
 */
import {
  ChatError,
  mintCommandId,
  mintConversationId,
  isDelta,
  type ChatEvent,
  type Command,
  type CommandId,
  type CommandOf,
  type EventOf,
  type Message,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';
import { answerChallenge } from './proof/answer-challenge.ts';
import { adoptOutbox } from './outbox/adopt-outbox.ts';
import type { ChatEvents, ChatStatus } from './chat.ts';
import { refusalOf, statusOf } from './connection/chat-status.ts';
import type { ConnectionState } from './connection/connection-state.ts';
import { Connection } from './connection/connection.ts';
import { isFollowEvent } from './conversation/conversation.ts';
import { CurrentConversation, type Opening } from './conversation/current-conversation.ts';
import { isBusy } from './conversation/is-busy.ts';
import { leaveLostConversation } from './conversation/leave-lost-conversation.ts';
import { describeChat } from './conversation/chat-snapshot.ts';
import { Emitter } from './environment/emitter.ts';
import type { Environment } from './environment/environment.ts';
import { forgetShown } from './conversation/forget-shown.ts';
import { helloOf } from './connection/hello.ts';
import { Identity } from './identity/identity.ts';
import type { OutboxEntry } from './outbox/outbox-entry.ts';
import { Outbox } from './outbox/outbox.ts';
import { Requests } from './connection/requests.ts';
import type { ChatSessionOptions, TokenRenewal } from './connection/session-options.ts';
import { SnapshotSource } from './conversation/snapshot-source.ts';
import { SiteStorage } from './environment/storage.ts';
import { createTabTransport, type TabTransport } from './tabs/index.ts';
import { WelcomeWaiters } from './connection/welcome-waiters.ts';

/** The internal state of one chat client. The modules that are loaded on demand work on it. */
export class ChatSession {
  readonly environment: Environment;
  readonly storage: SiteStorage;
  readonly identity: Identity;
  readonly emitter: Emitter<ChatEvents>;
  readonly source: SnapshotSource;
  readonly requests: Requests;
  readonly outbox: Outbox;
  readonly current: CurrentConversation;
  readonly connection: Connection;
  /** Runs that were requested and are not in the conversation yet; bounded by what a visitor requests at a time. */
  readonly awaited = new Set<RunId>();
  readonly #options: ChatSessionOptions;
  readonly #tabs: TabTransport;
  #status: ChatStatus = 'idle';
  readonly welcomeWaiters = new WelcomeWaiters();
  /** The newest `welcome`; undefined before the first. */
  welcome: EventOf<'welcome'> | undefined;
  /** The gateway's clock minus this device's clock, in milliseconds. */
  skewMs = 0;
  renewal: TokenRenewal | undefined;
  /** Increases with each identify, logout and close, so that late results of earlier calls are ignored. */
  identityVersion = 0;
  /** The proof of work for the next hello. Set by proof/prove.ts, which is loaded on demand. */
  proof: string | undefined;
  /** The token of the newest hello, or the one that its welcome has brought. */
  #helloToken: string | undefined;

  constructor(options: ChatSessionOptions) {
    const { environment, site, welcomeTimeoutMs, tellTabs } = options;
    this.#options = options;
    this.environment = environment;
    this.storage = new SiteStorage(environment.storage, site);
    this.identity = new Identity(this.storage);
    this.emitter = new Emitter(environment.report);
    this.source = new SnapshotSource(environment, () => describeChat(this));
    this.requests = new Requests(environment, this.#send);
    this.outbox = new Outbox({
      environment,
      storage: this.storage,
      send: this.#send,
      changed: this.#changed,
      accepted: this.#begin,
      isTaken: (messageId) => this.find(messageId) !== undefined,
      isBusy: (conversationId) => isBusy(this, conversationId),
      failed: this.#reportError,
      tellTabs,
    });
    this.current = new CurrentConversation({
      environment,
      emitter: this.emitter,
      send: this.#send,
      dropConnection: () => {
        this.connection.drop();
      },
      changed: this.#changed,
      opening: this.openingOf(),
    });
    // Tab transport and connection refer to each other; neither calls the other before both exist.
    this.#tabs = createTabTransport({
      ...options,
      identityKey: () => this.identity.key,
      restart: () => {
        this.connection.restart();
      },
      probe: () => {
        this.connection.probe();
      },
      conversationId: () => this.current.id,
    });
    this.connection = this.#createConnection(welcomeTimeoutMs);
  }

  /** Mints an id for a command. */
  mintCommandId(): CommandId {
    return mintCommandId(this.environment.random);
  }

  /** Finds a message of the conversation on screen. */
  find(messageId: MessageId): Message | undefined {
    return this.current.conversation.messages.findLast(({ id }) => id === messageId);
  }

  /** The conversation to show first: that of the newest message in the outbox, else the stored one, else an empty one. */
  openingOf(): Opening {
    const stored = this.identity.conversationId;
    const id = this.outbox.entries.at(-1)?.command.conversationId ?? stored;
    return id === undefined ? this.emptyOpening() : { id, isStarted: id === stored };
  }

  /** A new conversation id that the gateway does not know yet. */
  emptyOpening(): Opening {
    return { id: mintConversationId(this.environment.random), isStarted: false };
  }

  /** Whether nothing was sent in this conversation; another tab's conversation may then replace it. */
  get isUntouched(): boolean {
    const { id, isStarted } = this.current;
    return !isStarted && this.outbox.entries.every(({ command }) => command.conversationId !== id);
  }

  /** Closes the connection, rejects what waits for it with `interrupted`, and cancels every timer. May be called twice. */
  close(): void {
    const error = new ChatError('interrupted', { message: 'The chat was closed.' });
    this.identityVersion += 1;
    this.renewal?.close();
    this.renewal = undefined;
    this.connection.close();
    this.requests.clear(error);
    this.outbox.cancelTimer();
    this.welcomeWaiters.reject(error);
  }

  #createConnection(welcomeTimeoutMs: number): Connection {
    return new Connection({
      environment: this.environment,
      transport: this.#tabs,
      settings: { welcomeTimeoutMs },
      hello: () => this.#hello(),
      changed: (state, before) => {
        this.#connectionChanged(state, before);
      },
      welcomed: (welcome) => {
        // Otherwise another tab has stored a token since the hello: continue as that visitor, instead of storing a second one.
        if (this.identity.token === this.#helloToken) this.#welcomed(welcome);
        else this.connection.restart();
      },
      received: (event) => {
        this.#received(event);
      },
      unreadable: this.#reportError,
    });
  }

  // Bound, because they are passed on before all fields exist.
  readonly #send = (command: Command): void => {
    this.connection.send(command);
  };
  readonly #changed = (): void => {
    this.source.changed();
  };
  readonly #reportError = (error: ChatError): void => {
    this.emitter.emit('error', { error });
  };

  readonly #begin = ({ command, acceptance }: OutboxEntry): void => {
    if (command.conversationId !== this.current.id) return;
    this.identity.keepConversation(command.conversationId);
    if (!this.current.isStarted) this.#options.conversationStarted(command.conversationId);
    this.current.begin();
    if (acceptance?.runId !== undefined) this.awaited.add(acceptance.runId);
  };

  #hello(): CommandOf<'hello'> {
    const [{ token, previousToken }, { subscriptions }] = [this.identity, this.current];
    this.#helloToken = token;
    const [id, proof] = [this.mintCommandId(), this.proof];
    return helloOf({ id, site: this.#options.site, token, previousToken, proof, subscriptions });
  }

  #welcomed(welcome: EventOf<'welcome'>): void {
    this.welcome = welcome;
    this.skewMs = welcome.serverTimeMs - this.environment.clock.now();
    this.identity.welcomed(welcome);
    this.#helloToken = this.identity.token; // for the next welcome of this connection
    this.welcomeWaiters.resolve();
    this.renewal?.welcomed();
    this.#changed();
    // With a stored conversation, wait until it is known to exist: see leaveLostConversation.
    if (this.current.subscriptions.length === 0) this.#resume();
  }

  #resume(): void {
    adoptOutbox(this);
    this.outbox.resume();
    this.requests.resume();
  }

  #received(event: ChatEvent): void {
    if (isFollowEvent(event)) {
      this.current.receive(event);
      if ('partId' in event && isDelta(event)) return;
      if (event.type === 'subscribed') this.#subscribed(event);
    } else if (event.type === 'accepted') {
      if (!this.outbox.settle(event)) this.requests.settle(event);
    } else if (event.type === 'rejected') this.#rejected(event);
    // A tab became visible or another tab closed: take over what it left unsent.
    else if (event.type === 'pong') adoptOutbox(this);
    else if (event.type === 'typing') this.emitter.emit('typing', event);
    else if (event.type === 'conversation-removed' && event.conversationId === this.current.id)
      leaveLostConversation(this);
    forgetShown(this);
    this.outbox.pump();
    this.#changed();
  }

  /** Another tab has queued a message: shows it, and sends it if that tab is closed meanwhile. Bound, as a callback. */
  readonly adoptQueued = (entry: OutboxEntry): void => {
    if (this.connection.state.kind === 'open') adoptOutbox(this, [entry]);
  };

  #subscribed({ conversationId }: EventOf<'subscribed'>): void {
    if (conversationId === this.current.id) this.identity.keepConversation(conversationId);
    if (this.outbox.isSuspended) this.#resume();
  }

  #rejected(event: EventOf<'rejected'>): void {
    if (this.outbox.settle(event) || this.requests.settle(event) || answerChallenge(this, event)) return;
    const { commandId, error } = event;
    // The rejection is about the hello or the token expired: the gateway closes next, and #connectionChanged reports it.
    if (this.connection.state.kind !== 'open' || error.code === 'unauthenticated') return;
    const isAboutConversation = commandId === this.connection.helloId || this.current.isSubscribe(commandId);
    if (isAboutConversation && error.code === 'not-found')
      // Falls back to the user's own conversation when the anonymous one could not be merged.
      leaveLostConversation(this, this.identity.conversationExcept(this.current.id));
    else if (isAboutConversation || commandId === undefined) this.#reportError(ChatError.fromBody(error));
    // Without its subscription the connection is useless: reconnect with backoff.
    if (isAboutConversation && error.retry !== 'no') this.connection.drop();
    else if (isAboutConversation && this.outbox.isSuspended) this.#resume();
  }

  #connectionChanged(state: ConnectionState, before: ConnectionState): void {
    if (before.kind === 'open' && state.kind !== 'open') {
      this.outbox.suspend();
      this.current.disconnected();
    }
    // Also while offline and when the page is left: a page in the back-forward cache must hold no lock.
    if (state.kind === 'closed' || (state.kind === 'waiting' && state.dueAtMs === null)) this.#tabs.leave();
    const refusal = refusalOf(state);
    const isOutdated = refusal?.code === 'unauthenticated';
    const isFresh = isOutdated && this.identity.token !== this.#helloToken;
    if (isFresh || (isOutdated && this.identity.dropAnonymousToken())) {
      // With a fresh token the conversation goes on. Without one, the rejected token was the only access to it.
      if (!isFresh && this.current.isStarted) leaveLostConversation(this);
      this.connection.connect();
      return;
    }
    if (refusal !== null && !(isOutdated && this.renewal?.refused() === true)) {
      const error = ChatError.fromBody(refusal);
      this.welcomeWaiters.reject(error);
      this.#reportError(error);
    }
    this.#reportStatus();
  }

  #reportStatus(): void {
    const status = statusOf(this.connection.state);
    if (status === this.#status) return;
    this.#status = status;
    this.#changed();
    this.emitter.emit('status', { status });
  }
}
