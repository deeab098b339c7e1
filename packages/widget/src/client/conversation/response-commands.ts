/** What a person says of an answer beside messages: a decision about a call, an opinion. Fetched with the first of it. */
import type { CommandOf, Feedback, MessageId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/** @throws {ChatError} the gateway's refusal */
export async function sendApproval(
  session: ChatSession,
  what: Pick<CommandOf<'tool-approval'>, 'callId' | 'decision' | 'input'>,
): Promise<void> {
  const { input, ...rest } = what;
  const about = { id: session.mintCommandId(), conversationId: session.current.id, ...rest };
  await session.requests.ask({
    type: 'tool-approval',
    ...about,
    ...(input === undefined ? {} : { input }),
  });
}

/** @throws {ChatError} the gateway's refusal */
export async function sendFeedback(
  session: ChatSession,
  what: { messageId: MessageId; value: Feedback['value'] | null; comment: string | undefined },
): Promise<void> {
  const { comment, ...rest } = what;
  const about = { id: session.mintCommandId(), conversationId: session.current.id, ...rest };
  await session.requests.ask({
    type: 'feedback',
    ...about,
    ...(comment === undefined ? {} : { comment }),
  });
}
