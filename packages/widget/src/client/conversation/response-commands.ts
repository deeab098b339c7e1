/** Commands about an answer: the approval of a tool call and feedback. Loaded on demand. */
import type { CommandOf, Feedback, MessageId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/**
 * Approves or refuses a tool call. Resolves when the gateway has accepted it.
 * @throws {ChatError} the rejection of the gateway
 */
export async function sendApproval(
  session: ChatSession,
  approval: Pick<CommandOf<'tool-approval'>, 'callId' | 'decision' | 'input'>,
): Promise<void> {
  const { input, ...rest } = approval;
  const about = { id: session.mintCommandId(), conversationId: session.current.id, ...rest };
  await session.requests.ask({
    type: 'tool-approval',
    ...about,
    ...(input === undefined ? {} : { input }),
  });
}

/**
 * Rates an answer; `value` null removes the rating. Resolves when the gateway has accepted it.
 * @throws {ChatError} the rejection of the gateway
 */
export async function sendFeedback(
  session: ChatSession,
  feedback: { messageId: MessageId; value: Feedback['value'] | null; comment: string | undefined },
): Promise<void> {
  const { comment, ...rest } = feedback;
  const about = { id: session.mintCommandId(), conversationId: session.current.id, ...rest };
  await session.requests.ask({
    type: 'feedback',
    ...about,
    ...(comment === undefined ? {} : { comment }),
  });
}
