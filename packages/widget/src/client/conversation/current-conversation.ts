/** The conversation on screen: follows it over all lines, resubscribes where something is missing, tells its moments. */
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

/** A gateway subscribes the sender of a first message by itself; one that does not is asked to after this long. */
const SUBSCRIBED_BY_ITSELF_MS = 1000;
/** A line on which something is missing again and again is broken: give it up. */
const MAX_RESUBSCRIPTIONS = 8;

export interface CurrentConversationOptions {
  environment: Environment;
  emitter: Emitter<ChatEvents>;
  /** Does nothing while there is no line. */
  send(command: CommandOf<'subscribe' | 'unsubscribe'>): void;
  /** The line makes no sense any more. */
  dropConnection(): void;
  changed(): void;
  opening: Opening;
}

/** `isBegun`: the gateway has it; otherwise it hears of it with the first message. */
export interface Opening {
  id: ConversationId;
  isStarted: boolean;
}

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
    this.#conversationEvents = new ConversationEvents(options.emitter, isStarted ? 'stored' : 'here');
  }

  get id(): ConversationId {
    return this.#followed.id;
  }

  get conversation(): Conversation {
    return shownConversation(this.#followed, this.#empty);
  }

  /** The gateway has it: a first message was accepted once. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get isLoading(): boolean {
    return this.#isStarted && this.#followed.view === undefined;
  }

  /** For the next hello. */
  get subscriptions(): Subscription[] {
    return this.#isStarted ? [this.#subscription()] : [];
  }

  /** Whether the answer to the command of this id is about the subscription. */
  isSubscribe(id: CommandId | undefined): boolean {
    return id !== undefined && id === this.#subscribeId;
  }

  /** Leaves what is on screen for another conversation. */
  switchTo({ id, isStarted }: Opening): void {
    const { environment, emitter } = this.#options;
    // The timer runs: the gateway is about to subscribe us by itself.
    if (this.#followed.phase !== 'off' || this.#subscribeTimer !== undefined)
      this.#options.send({ type: 'unsubscribe', id: this.#mintId(), conversationId: this.id });
    this.#endWait();
    this.#isStarted = isStarted;
    this.#followed = notFollowed(id);
    this.#empty = emptyConversation(id, environment.clock.now());
    this.#conversationEvents = new ConversationEvents(emitter, isStarted ? 'stored' : 'here');
    this.#options.changed();
  }

  /** The gateway has taken a message of this conversation: it exists, and is followed from now on. */
  begin(): void {
    this.#isStarted = true;
    if (this.#followed.phase !== 'off' || this.#subscribeTimer !== undefined) return;
    this.#subscribeTimer = this.#options.environment.clock.after(SUBSCRIBED_BY_ITSELF_MS, () => {
      this.#subscribeTimer = undefined;
      if (this.#followed.phase === 'off') this.subscribe();
    });
  }

  receive(event: FollowEvent): void {
    const before = this.#followed;
    const after = follow(before, event, this.#options.environment.clock.now());
    if (after === before) return;
    this.#followed = after;
    if (before.phase === 'off') this.#endWait();
    if (after.phase === 'gap' || after.phase === 'astray') {
      if (before.phase !== after.phase) this.#resubscribe();
    } else if (after.phase === 'live' && isConversationMilestone(event) && after.view !== undefined)
      this.#conversationEvents.look(after.view.conversation);
    if (after.view !== before.view) this.#options.changed();
  }

  disconnected(): void {
    this.#followed = afterDisconnect(this.#followed);
    this.#resubscriptions = 0;
    this.#endWait();
  }

  /** On an open line whose hello did not. */
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
    const cursor = cursorOf(this.#followed);
    return { conversationId: this.id, ...(cursor === undefined ? {} : { cursor }) };
  }

  #endWait(): void {
    this.#subscribeTimer?.cancel();
    this.#subscribeTimer = undefined;
  }

  #mintId(): CommandId {
    return mintCommandId(this.#options.environment.random);
  }
}
