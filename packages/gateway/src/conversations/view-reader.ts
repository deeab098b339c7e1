/** Reads the state of a conversation at the head of its event log, once for all viewers that join together. */
import {
  ChatError,
  fold,
  runningMessages,
  type Conversation,
  type ConversationId,
  type Position,
  type View,
} from '@rivulet/protocol';
import { createRecentValues, type Clock, type KeyedMutex, type Metrics } from '../base/index.ts';
import { floorOf, type EventLog, type Kept } from '../event-logs/event-log.ts';
import type { DeskRecord } from '../stores/desk-store.ts';
import type { Store } from '../stores/store.ts';
import { stateAt } from './snapshot-state.ts';

/** What reading needs. */
export interface ViewReaderOptions {
  store: Store;
  eventLog: EventLog;
  /** The one under which conversations are written. Reading does not hold it. */
  mutex: KeyedMutex;
  clock: Clock;
  metrics: Pick<Metrics, 'viewerReads'>;
}

/** Reads views. */
export interface ViewReader {
  /** The state at the head of the event log. @throws {ChatError} not-found */
  read: (id: ConversationId) => Promise<View>;
  /**
   * A conversation was created here a moment ago: everything in it is in the log.
   * @param epoch that of the log, which has no event from before
   */
  addNew: (created: Pick<Conversation, 'id' | 'title' | 'createdAtMs'>, epoch: string) => void;
}

/** Clients that lost their connections together have come back after this time: a drain spreads them over 5 s. */
const KEPT_MS = 10_000;
/** As many conversations as the event log in Redis keeps windows of. A usual one has some 50 kB. */
const MAX_VIEWS = 256;

/**
 * Creates the reader of one gateway. A view contains every event that the log had at the time of the call. Callers share a read of the
 * store that has not come to the log yet. Those who come later are given the view that was read, with the events since then folded into
 * it, as a viewer that has it already would get them. So is the sender of the first message of a conversation, without a read.
 */
export function createViewReader(options: ViewReaderOptions): ViewReader {
  const { eventLog, clock } = options;
  /** Reads that have not come to the log yet. */
  const joinable = new Map<ConversationId, Promise<View>>();
  /** Those, and the ones that have. */
  const reading = new Map<ConversationId, Promise<unknown>>();
  const recent = createRecentValues<View>({ clock, keptMs: KEPT_MS, maxValues: MAX_VIEWS });
  const readFirst = (id: ConversationId): Promise<View> => {
    const endJoining = () => {
      if (joinable.get(id) === read) joinable.delete(id);
    };
    const read = readView(options, id, endJoining)
      .then((view) => {
        recent.keep(id, view);
        return view;
      })
      .finally(() => {
        endJoining();
        if (reading.get(id) === read) reading.delete(id);
      });
    joinable.set(id, read);
    reading.set(id, read);
    return read;
  };
  const readNext = async (id: ConversationId): Promise<View> => {
    await reading.get(id)?.catch(() => undefined); // whoever has begun it is told
    if (recent.use(id) !== undefined) {
      const kept = await eventLog.read(id);
      // Another caller may have continued it meanwhile.
      const view = continueView(recent.use(id), kept);
      if (view !== undefined) {
        recent.keep(id, view);
        return view;
      }
    }
    return joinable.get(id) ?? readFirst(id);
  };
  return {
    read: (id) => joinable.get(id) ?? readNext(id),
    addNew(created, epoch) {
      const conversation = { ...created, messages: [], participants: [] };
      recent.keep(created.id, { position: { epoch, seq: 0 }, conversation });
    },
  };
}

/** The view with the events since its position. @returns undefined when they are not all kept */
function continueView(view: View | undefined, kept: Kept): View | undefined {
  if (view === undefined || !continues(view.position, kept)) return undefined;
  const { head, events } = kept;
  const { seq } = view.position;
  if (head.seq <= seq) return view;
  // The first of them may begin before the position; what the view has of it is skipped.
  return {
    position: head,
    conversation: events.filter((event) => event.seq > seq).reduce(fold, view.conversation),
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
  { store, eventLog, mutex, metrics }: ViewReaderOptions,
  id: ConversationId,
  onStored: () => void,
): Promise<View> {
  for (;;) {
    metrics.viewerReads.inc({ what: 'messages' });
    const before = await eventLog.head(id);
    const [record, messages] = await Promise.all([store.readConversation(id), store.readMessages(id)]);
    if (record === undefined) throw new ChatError('not-found');
    const { title, createdAtMs } = record;
    const stored: Conversation = { id, title, createdAtMs, messages, participants: [] };
    await mutex.settled(id);
    onStored();
    const kept = await eventLog.read(id);
    const { head, events } = kept;
    if (continues(before, kept))
      return { position: head, conversation: withOwner(stateAt(stored, events), record.desk) };
  }
}

/**
 * The state with the owner that the store has. A person is stored before the running answer has ended, and their entry comes after its
 * end: until then the state is that of the log.
 */
function withOwner(state: Conversation, desk: DeskRecord | undefined): Conversation {
  if (desk === undefined || desk.owner.number <= (state.owner?.number ?? 0)) return state;
  const isEarly = desk.owner.kind !== 'ai' && runningMessages(state).length > 0;
  return isEarly ? state : { ...state, owner: desk.owner };
}

/** Whether all events after the position are kept. */
const continues = ({ epoch, seq }: Position, kept: Kept): boolean =>
  kept.head.epoch === epoch && floorOf(kept) <= seq;
