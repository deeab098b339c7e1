/** Decides what a viewer with a cursor is sent: the events it missed, or a snapshot and the reason. Pure. */
import { mergeDeltas, type LoggedEvent, type Position, type ResetReason } from '@rivulet/protocol';
import { floorOf, type Kept } from '../event-logs/event-log.ts';

/** The most events of a replay, after merging; with more, a snapshot is smaller. @see PROTOCOL.md §6 */
export const MAX_REPLAY_EVENTS = 500;
/** The largest replay, in bytes of its JSON in UTF-8. @see PROTOCOL.md §6 */
export const MAX_REPLAY_BYTES = 256 * 1024;

/** What a viewer is sent first. `why` is undefined for a viewer that came without a cursor: nothing was reset for it. */
export type Resume =
  { mode: 'replay'; events: readonly LoggedEvent[] } | { mode: 'snapshot'; why?: ResetReason };

/**
 * Plans the first frames of a viewer.
 * @param cursor the position of the last event that the viewer has; undefined: it has none
 */
export function planResume(cursor: Position | undefined, kept: Kept): Resume {
  if (cursor === undefined) return { mode: 'snapshot' };
  const { head, events } = kept;
  if (cursor.epoch !== head.epoch) return { mode: 'snapshot', why: 'epoch-changed' };
  if (cursor.seq > head.seq) return { mode: 'snapshot', why: 'ahead' };
  if (cursor.seq < floorOf(kept)) return { mode: 'snapshot', why: 'gap-not-kept' };
  // The first of them may cover positions before the cursor, whose text the viewer ignores.
  const missed = mergeDeltas(events.filter(({ seq }) => seq > cursor.seq));
  return isTooLarge(missed) ? { mode: 'snapshot', why: 'gap-too-large' } : { mode: 'replay', events: missed };
}

/** Adds up the events one by one, so that at most one event beyond the limit is serialized. */
function isTooLarge(events: readonly LoggedEvent[]): boolean {
  if (events.length > MAX_REPLAY_EVENTS) return true;
  let bytes = '[]'.length;
  for (const [index, event] of events.entries()) {
    // Each UTF-16 code unit of a text is at least one byte of UTF-8, so a text that is too long need not be serialized.
    if ('text' in event && bytes + event.text.length > MAX_REPLAY_BYTES) return true;
    bytes += Buffer.byteLength(JSON.stringify(event)) + (index > 0 ? ','.length : 0);
    if (bytes > MAX_REPLAY_BYTES) return true;
  }
  return false;
}
