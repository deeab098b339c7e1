/** A viewer's state of one conversation and its position in the log: applies each event exactly once, in order. */
import { ChatError } from '../schemas/errors.ts';
import { fold } from './fold.ts';
import type { SnapshotEvent } from '../schemas/events.ts';
import type { LoggedEvent } from '../schemas/logged-events.ts';
import type { Conversation } from '../schemas/message.ts';
import type { Position } from '../schemas/position.ts';

export interface View {
  readonly position: Position;
  readonly conversation: Conversation;
}

/** `gap`: an event is missing before this one; the viewer must resume from its position. */
export type Applied = { kind: 'applied'; view: View } | { kind: 'repeated' } | { kind: 'gap' };

/** Applies a logged event of the view's own epoch. @see PROTOCOL.md §5 */
export function applyEvent(view: View, event: LoggedEvent): Applied {
  const { epoch, seq } = view.position;
  if (event.seq <= seq) return { kind: 'repeated' };
  if ((event.first ?? event.seq) > seq + 1) return { kind: 'gap' };
  return {
    kind: 'applied',
    view: { position: { epoch, seq: event.seq }, conversation: fold(view.conversation, event) },
  };
}

/**
 * Joins the pages of a snapshot: give the pages so far, or undefined, and the next one.
 * @returns the pages so far; they are the whole when the last event's `isLast` was true.
 * @throws {ChatError} bad-frame: a page whose earlier pages are missing or another snapshot's; a state is never partial.
 */
export function joinSnapshot(soFar: View | undefined, page: SnapshotEvent): View {
  const { epoch, seq, conversation } = page;
  if (page.page > 0 && (soFar?.position.epoch !== epoch || soFar.position.seq !== seq))
    throw new ChatError('bad-frame', { message: 'page: the pages of the snapshot before it are missing.' });
  const earlier = soFar === undefined || page.page === 0 ? [] : soFar.conversation.messages;
  return {
    position: { epoch, seq },
    conversation: { ...conversation, messages: [...earlier, ...conversation.messages] },
  };
}
