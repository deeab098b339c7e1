/** What a visitor does with the people behind the chat. Loaded on demand. */
import type { ConversationId, Timer } from '@rivulet/protocol';
import type { ChatDesk } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/** How often the state is sent again while the visitor goes on typing. The gateway passes on one in a second. */
const REPEAT_MS = 3_000;
/** Who has not pressed a key for this long is not typing. */
const IDLE_MS = 5_000;

/** Creates the desk of a session. Each caller has its own, so that none ends what another one has begun. */
export function createChatDesk(session: ChatSession): ChatDesk {
  const { environment, connection, current } = session;
  const { clock } = environment;
  /** What was sent last, unless that was the end of it. */
  let sent: { atMs: number; conversationId: ConversationId } | undefined;
  let idle: Timer | undefined;
  const send = (conversationId: ConversationId, isTyping: boolean): void => {
    sent = isTyping ? { atMs: clock.now(), conversationId } : undefined;
    // Not by `requests`, which repeats a command on a new connection: by then the state is an old one.
    connection.send({ type: 'typing', id: session.mintCommandId(), conversationId, isTyping });
  };
  const end = (): void => {
    if (sent !== undefined) send(sent.conversationId, false);
  };
  return {
    setTyping(isTyping) {
      idle?.cancel();
      if (!isTyping || sent?.conversationId !== current.id) end();
      if (!isTyping) return;
      idle = clock.after(IDLE_MS, end);
      if (sent === undefined || clock.now() - sent.atMs >= REPEAT_MS) send(current.id, true);
    },
  };
}
