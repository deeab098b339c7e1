/** One viewer of one conversation: sends what it missed or a snapshot, then live events, as fast as its connection accepts them. */
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
import type { Metrics } from '../base/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog, LogRead } from '../event-logs/event-log.ts';
import { planResume, type Resume } from './resume.ts';
import { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';

/** What a viewer needs. */
export interface ViewerOptions {
  channel: Pick<GatewayChannel, 'send'>;
  conversations: Conversations;
  eventLog: EventLog;
  metrics: Pick<Metrics, 'logToSocket' | 'figures'>;
  /** The site whose figures count it. */
  siteId: string;
  /** Ends the viewer without an error. */
  signal: AbortSignal;
  /** Called after each frame that the connection has accepted, with the sequence number of its last event. */
  onReached?: (seq: number) => void;
}

/** The size of a snapshot page, in bytes of its JSON in UTF-8. A page is larger when a single message is. @see PROTOCOL.md §6 */
const SNAPSHOT_PAGE_BYTES = 256 * 1024;

/**
 * Sends the events of a conversation to a channel until the signal aborts. The caller has authorized the viewer.
 * @param cursor the position of the last event that the client has; undefined: it has none
 * @throws {ChatError} `not-found` when the conversation was erased meanwhile
 * @see PROTOCOL.md §6
 */
export async function follow(
  { channel, conversations, eventLog, metrics, siteId, signal, onReached }: ViewerOptions,
  conversationId: ConversationId,
  cursor: Position | undefined,
): Promise<void> {
  const sendSnapshot = async (why?: ResetReason): Promise<Position> => {
    const view = await conversations.read(conversationId);
    for (const frame of framesOfSnapshot(view, why)) {
      await channel.send(frame);
      // Another viewer of the same connection has replaced this one: pages of two snapshots must not mix.
      if (signal.aborted) return view.position;
    }
    onReached?.(view.position.seq);
    return view.position;
  };

  const kept = await conversations.readKept(conversationId);
  const resume = planResume(cursor, kept);
  if (cursor !== undefined) metrics.figures.count(siteId, `resumes:${outcomeOf(resume)}`);
  let after = kept.head;
  if (resume.mode === 'snapshot') after = await sendSnapshot(resume.why);
  else {
    const { epoch } = kept.head;
    await channel.send(
      new Frame([
        { type: 'subscribed', conversationId, epoch, mode: 'replay' },
        ...resume.events,
        { type: 'synced', conversationId, ...kept.head },
      ]),
    );
    onReached?.(kept.head.seq);
  }
  // The log replays from `after`, so events that were appended while the snapshot was being sent are not missed.
  const handle = (read: LogRead): Promise<void> | undefined => {
    // Events at or before the position of the snapshot may follow; clients skip them.
    if (read.kind === 'reset') return sendSnapshot(read.why).then(() => undefined);
    const reach = () => {
      if (read.loggedAtMs !== undefined) {
        const delayMs = performance.now() - read.loggedAtMs;
        metrics.logToSocket.observe(delayMs / 1000);
        metrics.figures.observe(siteId, 'delta', delayMs);
      }
      onReached?.(read.events.at(-1)?.seq ?? 0);
    };
    const sent = sendFrames(channel, framesOf(read));
    if (sent !== undefined) return sent.then(reach);
    reach();
    return undefined;
  };
  await eventLog.subscribe(conversationId, { after, signal, handle });
}

/** What a viewer that comes back gets: what it missed, or a snapshot and why. */
const outcomeOf = (resume: Resume): string =>
  resume.mode === 'replay' ? 'replay' : (resume.why ?? 'snapshot');

/** Sends frames in order, each when the connection can take it. @returns undefined when it has taken all of them at once */
function sendFrames(channel: ViewerOptions['channel'], frames: readonly Frame[]): Promise<void> | undefined {
  for (const [index, frame] of frames.entries()) {
    const accepted = channel.send(frame);
    // A promise for each delta and viewer would cost more than the rest of the way to the socket.
    if (accepted !== undefined) return accepted.then(() => sendFrames(channel, frames.slice(index + 1)));
  }
  return undefined;
}

/**
 * The text of one frame, in UTF-16 code units. The events that accumulated for a slow viewer are sent in frames of this size.
 * Each is awaited, so that at most one frame is in memory for a viewer that does not read.
 */
const FRAME_CHARS = 64 * 1024;

/** The frames of a batch, which its readers share. */
class BatchFrames {
  readonly frames: readonly Frame[];
  constructor(frames: readonly Frame[]) {
    this.frames = frames;
  }
}

function framesOf(batch: Extract<LogRead, { kind: 'events' }>): readonly Frame[] {
  if (batch.derived instanceof BatchFrames) return batch.derived.frames;
  const { events } = batch;
  const frames = events.length === 1 ? [new Frame(events)] : split(mergeDeltas(events, FRAME_CHARS));
  batch.derived = new BatchFrames(frames);
  return frames;
}

function split(events: readonly LoggedEvent[]): Frame[] {
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
  return frames.map((each) => new Frame(each));
}

/** The snapshots of views: viewers that join together are given the same view, and so the same bytes. */
const framesByView = new WeakMap<View, Map<ResetReason | undefined, readonly Frame[]>>();

function framesOfSnapshot(view: View, why: ResetReason | undefined): readonly Frame[] {
  const byReason = framesByView.get(view) ?? new Map<ResetReason | undefined, readonly Frame[]>();
  framesByView.set(view, byReason);
  const frames = byReason.get(why) ?? encodeSnapshot(view, why);
  byReason.set(why, frames);
  return frames;
}

/** One frame for each page; the first one starts with `subscribed`, and the last one ends with `synced`. */
function encodeSnapshot(view: View, why: ResetReason | undefined): Frame[] {
  const conversationId = view.conversation.id;
  const { epoch } = view.position;
  const start: ChatEvent[] = [{ type: 'subscribed', conversationId, epoch, mode: 'snapshot' }];
  if (why !== undefined) start.push({ type: 'reset', conversationId, why });
  const pages = [...pagesOf(view)];
  return pages.map((page, index) => {
    const isLast = index === pages.length - 1;
    const end: ChatEvent[] = isLast ? [{ type: 'synced', conversationId, ...view.position }] : [];
    return new Frame([...(index === 0 ? start : []), page, ...end]);
  });
}

/** Splits a snapshot into pages. Every message is in exactly one page; the last page has `isLast`. */
export function* pagesOf({ position, conversation }: View): Generator<ChatEvent> {
  const pages: Message[][] = [[]];
  let bytes = 0;
  for (const message of conversation.messages) {
    const size = Buffer.byteLength(JSON.stringify(message));
    if (bytes + size > SNAPSHOT_PAGE_BYTES && bytes > 0) {
      pages.push([]);
      bytes = 0;
    }
    bytes += size;
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
