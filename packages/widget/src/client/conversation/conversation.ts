/** Following one conversation, purely: the view on screen, the snapshot that is coming in, and where in the catch-up it is. */
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
 * `off`: not subscribed on this line. `replay` and `snapshot`: between `subscribed` and `synced`. `gap`: an event is missing,
 * resubscribe from the cursor. `astray`: the cursor is worth nothing, resubscribe without one.
 */
export type Phase = 'off' | 'replay' | 'snapshot' | 'live' | 'gap' | 'astray';

export interface Followed {
  readonly id: ConversationId;
  /** Stays on screen while a new snapshot comes in. */
  readonly view: View | undefined;
  readonly pages: View | undefined;
  readonly phase: Phase;
}

export type FollowEvent = LoggedEvent | EventOf<'subscribed' | 'reset' | 'snapshot' | 'synced'>;

export function notFollowed(id: ConversationId): Followed {
  return { id, view: undefined, pages: undefined, phase: 'off' };
}

/** Whether the event is about a conversation's state. */
export function isFollowEvent(event: ChatEvent): event is FollowEvent {
  return (
    isLogged(event) ||
    event.type === 'subscribed' ||
    event.type === 'reset' ||
    event.type === 'snapshot' ||
    event.type === 'synced'
  );
}

/** The line is gone: half a snapshot is worth nothing, the view keeps its cursor. */
export function afterDisconnect(followed: Followed): Followed {
  return followed.phase === 'off' ? followed : { ...followed, pages: undefined, phase: 'off' };
}

/** Where to go on from; undefined: from a snapshot. */
export function cursorOf(followed: Followed): Position | undefined {
  return followed.phase === 'astray' ? undefined : followed.view?.position;
}

/** One event of this or another conversation. The same object when it changes nothing. */
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
  // A delta names its part alone. Of a conversation that was left, it must not move this one's position.
  const { messageId } = splitPartId(event.partId);
  return followed.view?.conversation.messages.some(({ id }) => id === messageId) ?? false;
}

function subscribe(followed: Followed, event: EventOf<'subscribed'>, nowMs: number): Followed {
  const { epoch, mode } = event;
  if (mode === 'snapshot') return { ...followed, pages: undefined, phase: 'snapshot' };
  const conversation = emptyConversation(followed.id, nowMs);
  const view = followed.view ?? { position: { epoch, seq: 0 }, conversation };
  // A replay of another log than ours cannot be put after what we have.
  if (view.position.epoch !== epoch) return { ...followed, phase: 'astray' };
  return { ...followed, view, pages: undefined, phase: 'replay' };
}

function addPage(followed: Followed, event: EventOf<'snapshot'>): Followed {
  if (event.page > 0 && followed.pages === undefined) return { ...followed, phase: 'astray' };
  const pages = joinSnapshot(followed.pages, event);
  return event.isLast
    ? { ...followed, view: pages, pages: undefined, phase: 'replay' }
    : { ...followed, pages, phase: 'snapshot' };
}

function finishCatchUp(followed: Followed, { epoch, seq }: EventOf<'synced'>): Followed {
  if (followed.phase === 'gap' || followed.phase === 'astray') return followed;
  const position = followed.view?.position;
  if (followed.phase === 'snapshot' || position?.epoch !== epoch) return { ...followed, phase: 'astray' };
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

/** Whether the event can begin or end something that people are told of: deltas cannot, and they are the many. */
export function isConversationMilestone(event: FollowEvent): boolean {
  return event.type === 'synced' || (isLogged(event) && !isDelta(event));
}

/** What to show of a conversation that has no view: itself, empty. */
export function shownConversation(followed: Followed, empty: Conversation): Conversation {
  return followed.view?.conversation ?? empty;
}
