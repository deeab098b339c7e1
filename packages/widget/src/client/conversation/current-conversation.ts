/** Keeps the conversation on screen subscribed across connections, resubscribes when events are missing, and emits its events. */
import {
  emptyConversation,
  mintCommandId,
  type CommandId,
  type CommandOf,
  type Conversation,
  type ConversationId,
  type Subscription,
  type Timer,
} from '@rivulet/protocol';
import type { ChatEvents } from '../chat.ts';
import {
  cursorOf,
  follow,
  isConversationMilestone,
  afterDisconnect,
  notFollowed,
  shownConversation,
  type FollowEvent,
  type Followed,
} from './conversation.ts';
import type { Emitter } from '../environment/emitter.ts';
import type { Environment } from '../environment/environment.ts';
import { ConversationEvents } from './conversation-events.ts';

/** A gateway subscribes the sender of a first message by itself. If it has not done so after this time, the client subscribes. */
const SUBSCRIBED_BY_ITSELF_MS = 1000;
/** A connection on which events are missing more often than this is considered broken and dropped. */
const MAX_RESUBSCRIPTIONS = 8;

/** Options of `CurrentConversation`. */
export interface CurrentConversationOptions {
  /** Used for time, timers and random ids. */
  environment: Environment;
  /** Emits the events of the conversation. */
  emitter: Emitter<ChatEvents>;
  /** Sends a command. Does nothing while there is no connection. */
  send(command: CommandOf<'subscribe' | 'unsubscribe'>): void;
  /** Drops the connection, because its events cannot be applied. */
  dropConnection(): void;
  /** Called after the conversation changed. */
  changed(): void;
  /** The conversation to begin with. */
  opening: Opening;
}

/** A conversation to show. */
export interface Opening {
  /** Minted by the client for a new conversation. */
  id: ConversationId;
  /** Whether the gateway has the conversation. If not, its first message creates it. */
  isStarted: boolean;
}

/** The conversation on screen. `switchTo` replaces it; the object lives as long as the session. */
export class CurrentConversation {
  readonly #options: CurrentConversationOptions;
  #followed: Followed;
  #empty: Conversation;
  #conversationEvents: ConversationEvents;
  #isStarted: boolean;
  #resubscriptions = 0;
  #subscribeId: CommandId | undefined;
  #subscribeTimer: Timer | undefined;

  constructor(options: CurrentConversationOptions) {
    this.#options = options;
    const { id, isStarted } = options.opening;
    this.#isStarted = isStarted;
    this.#followed = notFollowed(id);
    this.#empty = emptyConversation(id, options.environment.clock.now());
    this.#conversationEvents = new ConversationEvents(options.emitter, isStarted ? 'stored' : 'new');
  }

  /** The id of the conversation on screen. */
  get id(): ConversationId {
    return this.#followed.id;
  }

  /** The state to show; empty before the first message and while a stored conversation loads. */
  get conversation(): Conversation {
    return shownConversation(this.#followed, this.#empty);
  }

  /** Whether the gateway has the conversation: a first message was accepted. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether a stored conversation has not arrived yet. */
  get isLoading(): boolean {
    return this.#isStarted && this.#followed.view === undefined;
  }

  /** The subscriptions of the next hello: one, or none for a new conversation. */
  get subscriptions(): Subscription[] {
    return this.#isStarted ? [this.#subscription()] : [];
  }

  /** Whether `id` is the id of the newest `subscribe` command. */
  isSubscribe(id: CommandId | undefined): boolean {
    return id !== undefined && id === this.#subscribeId;
  }

  /** Shows another conversation and unsubscribes from the one on screen. */
  switchTo({ id, isStarted }: Opening): void {
    const { environment, emitter } = this.#options;
    // While the timer runs the gateway may already have subscribed this client.
    if (this.#followed.phase !== 'off' || this.#subscribeTimer !== undefined)
      this.#options.send({ type: 'unsubscribe', id: this.#mintId(), conversationId: this.id });
    this.#cancelTimer();
    this.#isStarted = isStarted;
    this.#followed = notFollowed(id);
    this.#empty = emptyConversation(id, environment.clock.now());
    this.#conversationEvents = new ConversationEvents(emitter, isStarted ? 'stored' : 'new');
    this.#options.changed();
  }

  /** Call it when the gateway has accepted a message of this conversation: it exists now and is followed. */
  begin(): void {
    this.#isStarted = true;
    if (this.#followed.phase !== 'off' || this.#subscribeTimer !== undefined) return;
    this.#subscribeTimer = this.#options.environment.clock.after(SUBSCRIBED_BY_ITSELF_MS, () => {
      this.#subscribeTimer = undefined;
      if (this.#followed.phase === 'off') this.subscribe();
    });
  }

  /** Applies an event, and resubscribes when one is missing. Events of other conversations are ignored. */
  receive(event: FollowEvent): void {
    const before = this.#followed;
    const after = follow(before, event, this.#options.environment.clock.now());
    if (after === before) return;
    this.#followed = after;
    if (before.phase === 'off') this.#cancelTimer();
    if (after.phase === 'gap' || after.phase === 'invalid') {
      if (before.phase !== after.phase) this.#resubscribe();
    } else if (after.phase === 'live' && isConversationMilestone(event) && after.view !== undefined)
      this.#conversationEvents.update(after.view.conversation);
    if (after.view !== before.view) this.#options.changed();
  }

  /** Call it when the connection is lost. The view and its cursor are kept. */
  disconnected(): void {
    this.#followed = afterDisconnect(this.#followed);
    this.#resubscriptions = 0;
    this.#cancelTimer();
  }

  /** Subscribes on an open connection whose hello did not contain the subscription. */
  subscribe(): void {
    this.#subscribeId = this.#mintId();
    this.#options.send({ type: 'subscribe', id: this.#subscribeId, ...this.#subscription() });
  }

  #resubscribe(): void {
    this.#resubscriptions += 1;
    if (this.#resubscriptions > MAX_RESUBSCRIPTIONS) this.#options.dropConnection();
    else this.subscribe();
  }

  #subscription(): Subscription {
    return { conversationId: this.id, cursor: cursorOf(this.#followed) };
  }

  #cancelTimer(): void {
    this.#subscribeTimer?.cancel();
    this.#subscribeTimer = undefined;
  }

  #mintId(): CommandId {
    return mintCommandId(this.#options.environment.random);
  }
}
