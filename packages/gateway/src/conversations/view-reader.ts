/** Reads the state of a conversation at the head of its event log, once for all viewers that join together. */
import {
  ChatError,
  type Conversation,
  type ConversationId,
  type Position,
  type View,
} from '@rivulet/protocol';
import type { KeyedMutex } from '../base/index.ts';
import { floorOf, type EventLog, type Kept } from '../event-logs/event-log.ts';
import type { Store } from '../stores/store.ts';
import { stateAt } from './snapshot-state.ts';

/** What reading needs. */
export interface ViewReaderOptions {
  store: Store;
  eventLog: EventLog;
  /** The one under which conversations are written. Reading does not hold it. */
  mutex: KeyedMutex;
}

/**
 * Creates the reader of one gateway. A view contains every event that the log had at the time of the call. Callers share a read that
 * has not come to the log yet.
 */
export function createViewReader(options: ViewReaderOptions): (id: ConversationId) => Promise<View> {
  const shared = new Map<ConversationId, Promise<View>>();
  return (id) => {
    const joined = shared.get(id);
    if (joined !== undefined) return joined;
    const endSharing = () => {
      if (shared.get(id) === read) shared.delete(id);
    };
    const read = readView(options, id, endSharing).finally(endSharing);
    shared.set(id, read);
    return read;
  };
}

/**
 * Reads the store first and the log second, so that what was written in between is in the events. No writer waits for it:
 *
 * - What the store shows of a write in progress may not be in the log yet. The log is read when those writes have ended. A write
 *   that begins later is not in the stored state.
 * - The log may meanwhile have dropped events that are not in the stored state, or may have been erased. Then both are read again.
 *   That ends, because a window holds minutes of a reply.
 * @throws {ChatError} not-found
 */
async function readView(
  { store, eventLog, mutex }: ViewReaderOptions,
  id: ConversationId,
  onStored: () => void,
): Promise<View> {
  for (;;) {
    const before = await eventLog.head(id);
    const [record, messages] = await Promise.all([store.readConversation(id), store.readMessages(id)]);
    if (record === undefined) throw new ChatError('not-found');
    const { title, createdAtMs } = record;
    const stored: Conversation = { id, title, createdAtMs, messages, participants: [] };
    await mutex.settled(id);
    onStored();
    const kept = await eventLog.read(id);
    const { head, events } = kept;
    if (continues(before, kept)) return { position: head, conversation: stateAt(stored, events) };
  }
}

/** Whether all events after the position are kept. */
const continues = ({ epoch, seq }: Position, kept: Kept): boolean =>
  kept.head.epoch === epoch && floorOf(kept) <= seq;
