/**
 * The client's subscription to one conversation as a pure state machine: the view on screen, the snapshot that is arriving, and
 * the phase of the catch-up. @see PROTOCOL.md §6
 */
import {
  applyEvent,
  emptyConversation,
  isDelta,
  isLogged,
  joinSnapshot,
  splitPartId,
  type ChatEvent,
  type Conversation,
  type ConversationId,
  type EventOf,
  type LoggedEvent,
  type Position,
  type View,
} from '@rivulet/protocol';

/**
 * `off`: not subscribed on this connection. `replay` and `snapshot`: between `subscribed` and `synced`. `live`: up to date.
 * `gap`: an event is missing, resubscribe from the cursor. `invalid`: the cursor does not fit the log, resubscribe without one.
 */
export type Phase = 'off' | 'replay' | 'snapshot' | 'live' | 'gap' | 'invalid';

/** The state of the subscription to one conversation. Immutable. */
export interface Followed {
  /** The conversation that is followed. */
  readonly id: ConversationId;
  /** What is shown; undefined before the first complete state. It stays on screen while a new snapshot arrives. */
  readonly view: View | undefined;
  /** The pages of the snapshot that have arrived; undefined when none is incomplete. */
  readonly pages: View | undefined;
  /** How far the catch-up is. */
  readonly phase: Phase;
}

/** An event that changes the state of a subscription. */
export type FollowEvent = LoggedEvent | EventOf<'subscribed' | 'reset' | 'snapshot' | 'synced'>;

/** The state of a conversation before its first subscription. */
export function notFollowed(id: ConversationId): Followed {
  return { id, view: undefined, pages: undefined, phase: 'off' };
}

/** Whether the event belongs to a conversation, and not to the session. */
export function isFollowEvent(event: ChatEvent): event is FollowEvent {
  return (
    isLogged(event) ||
    event.type === 'subscribed' ||
    event.type === 'reset' ||
    event.type === 'snapshot' ||
    event.type === 'synced'
  );
}

/** The state after the connection is lost: an incomplete snapshot is discarded, the view and its cursor are kept. */
export function afterDisconnect(followed: Followed): Followed {
  return followed.phase === 'off' ? followed : { ...followed, pages: undefined, phase: 'off' };
}

/** The position to resume from; undefined: the gateway sends a snapshot. */
export function cursorOf(followed: Followed): Position | undefined {
  return followed.phase === 'invalid' ? undefined : followed.view?.position;
}

/**
 * The state after one event of this or another conversation; the same object when the event changes nothing.
 * @param nowMs the creation time of a conversation that starts empty
 */
export function follow(followed: Followed, event: FollowEvent, nowMs: number): Followed {
  if (!isOf(followed, event)) return followed;
  switch (event.type) {
    case 'subscribed':
      return subscribe(followed, event, nowMs);
    case 'reset':
      return { ...followed, pages: undefined, phase: 'snapshot' };
    case 'snapshot':
      return addPage(followed, event);
    case 'synced':
      return finishCatchUp(followed, event);
    default:
      return apply(followed, event);
  }
}

function isOf(followed: Followed, event: FollowEvent): boolean {
  if ('conversationId' in event) return event.conversationId === followed.id;
  // A delta names only its part. One of a conversation that was left must not move the position of this one.
  const { messageId } = splitPartId(event.partId);
  return followed.view?.conversation.messages.some(({ id }) => id === messageId) ?? false;
}

function subscribe(followed: Followed, event: EventOf<'subscribed'>, nowMs: number): Followed {
  const { epoch, mode } = event;
  if (mode === 'snapshot') return { ...followed, pages: undefined, phase: 'snapshot' };
  const conversation = emptyConversation(followed.id, nowMs);
  const view = followed.view ?? { position: { epoch, seq: 0 }, conversation };
  // The view belongs to another log: the events of this replay cannot follow it.
  if (view.position.epoch !== epoch) return { ...followed, phase: 'invalid' };
  return { ...followed, view, pages: undefined, phase: 'replay' };
}

function addPage(followed: Followed, event: EventOf<'snapshot'>): Followed {
  if (event.page > 0 && followed.pages === undefined) return { ...followed, phase: 'invalid' };
  const pages = joinSnapshot(followed.pages, event);
  return event.isLast
    ? { ...followed, view: pages, pages: undefined, phase: 'replay' }
    : { ...followed, pages, phase: 'snapshot' };
}

function finishCatchUp(followed: Followed, { epoch, seq }: EventOf<'synced'>): Followed {
  if (followed.phase === 'gap' || followed.phase === 'invalid') return followed;
  const position = followed.view?.position;
  if (followed.phase === 'snapshot' || position?.epoch !== epoch) return { ...followed, phase: 'invalid' };
  if (position.seq < seq) return { ...followed, phase: 'gap' };
  return followed.phase === 'live' ? followed : { ...followed, phase: 'live' };
}

function apply(followed: Followed, event: LoggedEvent): Followed {
  const { view, phase } = followed;
  if (view === undefined || (phase !== 'live' && phase !== 'replay')) return followed;
  const applied = applyEvent(view, event);
  switch (applied.kind) {
    case 'applied':
      return { ...followed, view: applied.view };
    case 'repeated':
      return followed;
    case 'gap':
      return { ...followed, phase: 'gap' };
  }
}

/** Whether the event can cause an event of the client. Deltas cannot, and they are by far the most frequent. */
export function isConversationMilestone(event: FollowEvent): boolean {
  return event.type === 'synced' || (isLogged(event) && !isDelta(event));
}

/** The conversation to show: the view, or `empty` before there is one. */
export function shownConversation(followed: Followed, empty: Conversation): Conversation {
  return followed.view?.conversation ?? empty;
}
