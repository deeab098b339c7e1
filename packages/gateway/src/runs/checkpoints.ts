/**
 * Saves what running replies gain, all replies of a gateway together, at short intervals. A crash (`kill -9`) loses only what was
 * added since.
 */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import { type Clock, describeCause, type Limits, type Logger } from '../base/index.ts';
import type { Progress, SavedEvent, Store } from '../stores/store.ts';

/** What checkpoints need; `limits.checkpointMs` is the interval. */
export interface CheckpointOptions {
  store: Store;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

/** The checkpoints of one gateway. */
export interface Checkpoints {
  /** Adds events of a running reply. They are saved within `checkpointMs`, or after the save that is in progress. */
  add(reply: SavedReply, events: readonly SavedEvent[]): void;
  /** Resolves when what was added of a reply is saved or dropped: within `checkpointMs` while the store can write. */
  saved(messageId: MessageId): Promise<void>;
  /** Drops what is not saved yet of a reply whose end is stored. */
  drop(messageId: MessageId): void;
}

/** A running reply that is saved. */
export interface SavedReply {
  conversationId: ConversationId;
  messageId: MessageId;
  /** Whether this gateway may write to it now; what it gains meanwhile is saved later, or dropped. Default: it may. */
  canSave?: () => boolean;
}

interface Gained extends Progress {
  events: SavedEvent[];
  canSave?: (() => boolean) | undefined;
}

/** Creates the checkpoints of one gateway. A save that fails is logged and tried again after the interval. */
export function createCheckpoints({ clock, store, limits, logger }: CheckpointOptions): Checkpoints {
  const unsaved = new Map<MessageId, Gained>();
  /** The replies that were dropped during the save that is in progress; undefined while there is none. */
  let dropped: Set<MessageId> | undefined;
  let isScheduled = false;
  const waiters = createWaiters((messageId) => !unsaved.has(messageId));
  const schedule = () => {
    if (isScheduled || (unsaved.size === 0 && waiters.count === 0)) return;
    isScheduled = true;
    clock.after(limits.checkpointMs, () => {
      void save().then(() => {
        isScheduled = false;
        schedule();
      });
    });
  };
  const save = async () => {
    const progress = [...unsaved.values()].filter(({ canSave = () => true }) => canSave());
    const gone = (dropped = new Set<MessageId>());
    for (const { messageId } of progress) unsaved.delete(messageId);
    try {
      if (progress.length > 0) await store.saveProgress(progress.map(progressOf));
    } catch (error) {
      putBack(
        unsaved,
        progress.filter(({ messageId }) => !gone.has(messageId)),
      );
      logger.error(
        { replies: progress.length, ...describeCause(error) },
        'a checkpoint of running replies could not be stored; it is tried again',
      );
    }
    dropped = undefined;
    // What was added during the save is not saved yet.
    waiters.tell();
  };
  return {
    add(reply, events) {
      const gained = gainedOf(unsaved, reply);
      for (const event of events) addEvent(gained.events, event);
      schedule();
    },
    saved: (messageId) => waiters.add(messageId, schedule),
    drop(messageId) {
      unsaved.delete(messageId);
      dropped?.add(messageId);
    },
  };
}

function gainedOf(unsaved: Map<MessageId, Gained>, reply: SavedReply): Gained {
  const gained = unsaved.get(reply.messageId) ?? { ...reply, events: [] };
  unsaved.set(reply.messageId, gained);
  if (reply.canSave !== undefined) gained.canSave = reply.canSave;
  return gained;
}

/** Later events continue the text of these, so they are of no use without them. */
function putBack(unsaved: Map<MessageId, Gained>, progress: readonly Gained[]): void {
  for (const gained of progress) {
    const later = unsaved.get(gained.messageId)?.events ?? [];
    unsaved.set(gained.messageId, { ...gained, events: [...gained.events, ...later] });
  }
}

/** Those that wait until a reply is saved. */
function createWaiters(isSaved: (messageId: MessageId) => boolean) {
  let waiting: { messageId: MessageId; resolve: () => void }[] = [];
  return {
    get count() {
      return waiting.length;
    },
    add: (messageId: MessageId, onAdded: () => void) =>
      new Promise<void>((resolve) => {
        waiting.push({ messageId, resolve });
        onAdded();
      }),
    tell() {
      const told = waiting.filter(({ messageId }) => isSaved(messageId));
      waiting = waiting.filter((one) => !told.includes(one));
      for (const { resolve } of told) resolve();
    },
  };
}

const progressOf = ({ conversationId, messageId, events }: Gained): Progress => ({
  conversationId,
  messageId,
  events,
});

/** Adds an event. A delta that continues the last event is merged into it, so that a save is short. */
function addEvent(events: SavedEvent[], event: SavedEvent): void {
  if (!('at' in event)) {
    events.push(event);
    return;
  }
  const last = events.at(-1);
  const continues =
    last !== undefined && 'at' in last && last.partId === event.partId && last.type === event.type;
  if (continues && last.at + last.text.length === event.at) last.text += event.text;
  else events.push({ ...event }); // a copy, because the event itself is in the log
}
