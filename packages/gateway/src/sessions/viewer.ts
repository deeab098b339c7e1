/** One viewer of one conversation: what it missed or the whole state, then live, at the pace at which its line takes it. */
import {
  mergeDeltas,
  type ChatEvent,
  type Conversation,
  type ConversationId,
  type LoggedEvent,
  type Message,
  type Position,
  type ResetReason,
  type View,
} from '@rivulet/protocol';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { planResume } from './resume.ts';
import type { GatewayChannel } from '../transports/transport.ts';

export interface ViewerOptions {
  channel: GatewayChannel;
  conversations: Conversations;
  eventLog: EventLog;
  signal: AbortSignal;
  /** Told after each frame that the line has taken, with the place that the viewer has reached. */
  onReached?: (seq: number) => void;
}

/** A page of a snapshot, in UTF-16 units of its JSON; one message may be larger. */
const SNAPSHOT_PAGE_CHARS = 256 * 1024;

/**
 * Follows a conversation until the signal aborts. The caller has made sure that the viewer may see it.
 * @throws {ChatError} not-found when it was erased meanwhile
 */
export async function follow(
  { channel, conversations, eventLog, signal, onReached }: ViewerOptions,
  conversationId: ConversationId,
  cursor: Position | undefined,
): Promise<void> {
  const showState = async (why?: ResetReason): Promise<Position> => {
    const view = await conversations.read(conversationId);
    const { epoch } = view.position;
    const start: ChatEvent[] = [{ type: 'subscribed', conversationId, epoch, mode: 'snapshot' }];
    if (why !== undefined) start.push({ type: 'reset', conversationId, why });
    await channel.send(start);
    for (const page of pagesOf(view)) {
      // Replaced by another viewer of the same line: pages of two snapshots must not mix.
      if (signal.aborted) return view.position;
      await channel.send(page);
    }
    await channel.send({ type: 'synced', conversationId, ...view.position });
    onReached?.(view.position.seq);
    return view.position;
  };

  const kept = await conversations.readKept(conversationId);
  const resume = planResume(cursor, kept);
  let after = kept.head;
  if (resume.mode === 'snapshot') after = await showState(resume.why);
  else {
    const { epoch } = kept.head;
    await channel.send([
      { type: 'subscribed', conversationId, epoch, mode: 'replay' },
      ...resume.events,
      { type: 'synced', conversationId, ...kept.head },
    ]);
    onReached?.(kept.head.seq);
  }
  // The log replays from `after`: what was appended while the state was on its way is not missed.
  for await (const read of eventLog.subscribe(conversationId, { after, signal })) {
    if (read.kind === 'events') {
      for (const frame of framesOf(read.events)) await channel.send(frame);
      onReached?.(read.events.at(-1)?.seq ?? 0);
    } else await showState(read.why); // later events at or before its position repeat, and the view passes over them
  }
}

/**
 * The text of one frame. What gathered for a slow viewer goes to it in frames of this size, each waited for, so that a viewer
 * that does not read holds one of them and no more.
 */
const FRAME_CHARS = 64 * 1024;

/** By the last event of a batch: viewers at one position share the merged frames, and so their bytes. */
const batches = new WeakMap<
  LoggedEvent,
  { first: LoggedEvent; frames: readonly (readonly LoggedEvent[])[] }
>();

function framesOf(events: readonly LoggedEvent[]): readonly (readonly LoggedEvent[])[] {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined || first === last) return [events];
  const known = batches.get(last);
  if (known?.first === first) return known.frames;
  const frames = split(mergeDeltas(events, FRAME_CHARS));
  batches.set(last, { first, frames });
  return frames;
}

function split(events: readonly LoggedEvent[]): LoggedEvent[][] {
  const frames: LoggedEvent[][] = [[]];
  let chars = 0;
  for (const event of events) {
    const size = 'text' in event ? event.text.length : 0;
    if (chars + size > FRAME_CHARS && chars > 0) {
      frames.push([]);
      chars = 0;
    }
    chars += size;
    frames.at(-1)?.push(event);
  }
  return frames;
}

/** The state in pages: each whole message stands in one of them. */
export function* pagesOf({ position, conversation }: View): Generator<ChatEvent> {
  const pages: Message[][] = [[]];
  let chars = 0;
  for (const message of conversation.messages) {
    const size = JSON.stringify(message).length;
    if (chars + size > SNAPSHOT_PAGE_CHARS && chars > 0) {
      pages.push([]);
      chars = 0;
    }
    chars += size;
    pages.at(-1)?.push(message);
  }
  const conversationId = conversation.id;
  for (const [page, messages] of pages.entries()) {
    const part: Conversation = { ...conversation, messages };
    yield {
      type: 'snapshot',
      conversationId,
      ...position,
      conversation: part,
      page,
      isLast: page === pages.length - 1,
    };
  }
}
