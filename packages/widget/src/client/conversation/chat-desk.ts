/** What a visitor does with the people behind the chat. Loaded on demand. */
import { ChatError, type CommandOf, type ConversationId, type Timer } from '@rivulet/protocol';
import type { ChatDesk, VisitorAddress } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';
import { isState } from '../outbox/outbox-entry.ts';

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
    async requestPerson() {
      const about = { id: session.mintCommandId(), conversationId: current.id };
      await begun(session, about.conversationId);
      await session.requests.ask({ type: 'request-person', ...about });
    },
    async leaveAddress(address) {
      const about = { id: session.mintCommandId(), conversationId: current.id };
      await session.requests.ask({ type: 'leave-address', ...about, ...consentedAddress(address) });
    },
  };
}

/** @throws {ChatError} bad-frame: the visitor has not agreed */
function consentedAddress({
  name = '',
  email,
  hasConsented,
}: VisitorAddress): Pick<CommandOf<'leave-address'>, 'name' | 'email' | 'consent'> {
  if (!hasConsented) throw new ChatError('bad-frame', { message: 'hasConsented: the visitor must agree.' });
  const given = { email: email.trim(), consent: true } as const;
  return name.trim() === '' ? given : { name: name.trim(), ...given };
}

/**
 * Resolves when the gateway has the conversation, which its first message creates, or has refused that message.
 * @throws {ChatError} not-found: there is no such message
 */
function begun({ current, outbox, source }: ChatSession, id: ConversationId): Promise<void> {
  const isBegun = () => current.id === id && current.isStarted;
  const isOnItsWay = () =>
    outbox.entries.some((entry) => entry.command.conversationId === id && !isState(entry, 'failed'));
  if (isBegun()) return Promise.resolve();
  if (!isOnItsWay())
    return Promise.reject(
      new ChatError('not-found', { message: 'Nothing was written in the conversation.' }),
    );
  return new Promise((resolve) => {
    const end = source.subscribe(() => {
      if (!isBegun() && isOnItsWay()) return;
      end();
      resolve();
    });
  });
}
