/** What a viewer with a cursor is given: the events it missed, or the whole state and why. Pure. */
import { mergeDeltas, type LoggedEvent, type Position, type ResetReason } from '@rivulet/protocol';
import type { Kept } from '../event-logs/event-log.ts';

/** Beyond either, a snapshot is the shorter way. @see PROTOCOL.md §6 */
export const MAX_REPLAY_EVENTS = 500;
export const MAX_REPLAY_BYTES = 256 * 1024;

export type Resume =
  { mode: 'replay'; events: readonly LoggedEvent[] } | { mode: 'snapshot'; why?: ResetReason };

export function planResume(cursor: Position | undefined, kept: Kept): Resume {
  if (cursor === undefined) return { mode: 'snapshot' };
  const { head, events } = kept;
  if (cursor.epoch !== head.epoch) return { mode: 'snapshot', why: 'epoch-changed' };
  if (cursor.seq > head.seq) return { mode: 'snapshot', why: 'ahead' };
  const oldest = events[0]?.seq ?? head.seq + 1;
  if (cursor.seq + 1 < oldest) return { mode: 'snapshot', why: 'gap-not-kept' };
  const missed = mergeDeltas(events.slice(cursor.seq + 1 - oldest));
  return isTooLarge(missed) ? { mode: 'snapshot', why: 'gap-too-large' } : { mode: 'replay', events: missed };
}

function isTooLarge(events: readonly LoggedEvent[]): boolean {
  return events.length > MAX_REPLAY_EVENTS || JSON.stringify(events).length > MAX_REPLAY_BYTES;
}
