/** Who is typing: limits what a visitor broadcasts, and delivers broadcasts to the viewers of the conversation on this gateway. */
import type { ConversationId } from '@rivulet/protocol';
import { describeCause, type Clock, type Logger } from '../base/index.ts';
import type { EventLog, TypingBroadcast } from '../event-logs/event-log.ts';
import { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';

/** One viewer of one conversation. */
export interface TypingViewer {
  /** The session of the viewer, which does not get its own typing. */
  sessionId: string;
  channel: Pick<GatewayChannel, 'send'>;
  /** Aborts when the viewer ends. */
  signal: AbortSignal;
}

/** The typing of the visitors of one gateway. */
export interface Typing {
  /** Adds a viewer, until its signal aborts. */
  addViewer(id: ConversationId, viewer: TypingViewer): void;
  /**
   * Broadcasts the state to all gateways: at once, or, within a second of the previous one of the same visitor and conversation,
   * at the end of that second; then only the newest state is broadcast.
   */
  broadcast(state: TypingBroadcast): void;
  /** Sends the state of a broadcast to the viewers on this gateway. */
  deliver(state: TypingBroadcast): void;
}

/** What `createTyping` needs. */
export interface TypingOptions {
  eventLog: EventLog;
  clock: Clock;
  logger: Logger;
}

/** Each broadcast costs every gateway a message. Clients show a state for several seconds. */
const INTERVAL_MS = 1_000;

/** Creates the typing of one gateway. */
export function createTyping(options: TypingOptions): Typing {
  const viewers = new Map<ConversationId, Set<TypingViewer>>();
  const broadcast = createLimiter(options);
  return {
    addViewer(id, viewer) {
      if (viewer.signal.aborted) return;
      const all = viewers.get(id) ?? new Set();
      viewers.set(id, all.add(viewer));
      const leave = () => {
        all.delete(viewer);
        if (all.size === 0) viewers.delete(id);
      };
      viewer.signal.addEventListener('abort', leave, { once: true });
    },
    broadcast,
    deliver({ conversationId, participantId, isTyping, sessionId }) {
      const all = viewers.get(conversationId);
      if (all === undefined) return;
      const frame = new Frame([{ type: 'typing', conversationId, participantId, isTyping }]);
      for (const viewer of all) if (viewer.sessionId !== sessionId) void viewer.channel.send(frame);
    },
  };
}

function createLimiter({ eventLog, clock, logger }: TypingOptions): (state: TypingBroadcast) => void {
  /** One entry for a visitor and conversation with a broadcast in the last second; what waits for the end of that second. */
  const recent = new Map<string, { waiting: TypingBroadcast | undefined }>();
  const send = (key: string, state: TypingBroadcast) => {
    const entry: { waiting: TypingBroadcast | undefined } = { waiting: undefined };
    recent.set(key, entry);
    clock.after(INTERVAL_MS, () => {
      recent.delete(key);
      if (entry.waiting !== undefined) send(key, entry.waiting);
    });
    eventLog.broadcast(state).catch((error: unknown) => {
      logger.debug(describeCause(error), 'a typing state could not be broadcast');
    });
  };
  return (state) => {
    const key = JSON.stringify([state.participantId, state.conversationId]);
    const entry = recent.get(key);
    if (entry === undefined) send(key, state);
    else entry.waiting = state;
  };
}
