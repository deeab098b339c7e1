/**
 * A viewer's state of one conversation and its position in the log. Each event is applied exactly once, in order. @see
 * PROTOCOL.md §5
 */
import { ChatError } from '../schemas/errors.ts';
import { fold } from './fold.ts';
import type { SnapshotEvent } from '../schemas/events.ts';
import type { LoggedEvent } from '../schemas/logged-events.ts';
import type { Conversation } from '../schemas/message.ts';
import type { Position } from '../schemas/position.ts';

/** A conversation, and the position in the log up to which it is complete. */
export interface View {
  readonly position: Position;
  readonly conversation: Conversation;
}

/**
 * What became of an event. `repeated`: the view had it already. `gap`: an event before it is missing, and the viewer must
 * resume from its position.
 */
export type Applied = { kind: 'applied'; view: View } | { kind: 'repeated' } | { kind: 'gap' };

/** Applies a logged event of the epoch of the view. @see PROTOCOL.md §5 */
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
 * Joins the pages of a snapshot: pass the pages so far, or undefined, and the next one.
 * @returns the pages so far; they are complete when `isLast` of the last page was true
 * @throws {ChatError} bad-frame: the pages before this one are missing or of another snapshot; a state is never partial
 * @see PROTOCOL.md §6
 */
export function joinSnapshot(soFar: View | undefined, page: SnapshotEvent): View {
  const { epoch, seq, conversation } = page;
  if (page.page > 0 && (soFar?.position.epoch !== epoch || soFar.position.seq !== seq))
    throw new ChatError('bad-frame', { message: 'page: earlier pages are missing.' });
  const earlier = soFar === undefined || page.page === 0 ? [] : soFar.conversation.messages;
  return {
    position: { epoch, seq },
    conversation: { ...conversation, messages: [...earlier, ...conversation.messages] },
  };
}
