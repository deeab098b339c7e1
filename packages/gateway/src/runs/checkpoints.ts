/**
 * Saves what running replies gain, all replies of a gateway together, at short intervals. A crash (`kill -9`) loses only what was
 * added since.
 */
import type { ConversationId, LoggedEventBody, MessageId } from '@rivulet/protocol';
import { type Clock, describeCause, type Limits, type Logger } from '../base/index.ts';
import type { Progress, Store } from '../stores/store.ts';

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
  add(reply: SavedReply, events: readonly LoggedEventBody[]): void;
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
  events: LoggedEventBody[];
  canSave?: (() => boolean) | undefined;
}

/** Creates the checkpoints of one gateway. A save that fails is logged and tried again after the interval. */
export function createCheckpoints({ clock, store, limits, logger }: CheckpointOptions): Checkpoints {
  const unsaved = new Map<MessageId, Gained>();
  /** The replies that were dropped during the save that is in progress; undefined while there is none. */
  let dropped: Set<MessageId> | undefined;
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled || unsaved.size === 0) return;
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
      for (const { messageId, events, ...reply } of progress) {
        // Later events continue the text of these, so they are of no use without them.
        if (!gone.has(messageId))
          unsaved.set(messageId, {
            ...{ ...reply, messageId },
            events: [...events, ...(unsaved.get(messageId)?.events ?? [])],
          });
      }
      logger.error(
        { replies: progress.length, ...describeCause(error) },
        'a checkpoint of running replies could not be stored; it is tried again',
      );
    }
    dropped = undefined;
  };
  return {
    add(reply, events) {
      const { messageId } = reply;
      let gained = unsaved.get(messageId);
      if (gained === undefined) unsaved.set(messageId, (gained = { ...reply, events: [] }));
      for (const event of events) addEvent(gained.events, event);
      schedule();
    },
    drop(messageId) {
      unsaved.delete(messageId);
      dropped?.add(messageId);
    },
  };
}

const progressOf = ({ conversationId, messageId, events }: Gained): Progress => ({
  conversationId,
  messageId,
  events,
});

/** Adds an event. A delta that continues the last event is merged into it, so that a save is short. */
function addEvent(events: LoggedEventBody[], event: LoggedEventBody): void {
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
