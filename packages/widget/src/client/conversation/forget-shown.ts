/** What the conversation shows is not waited for any more. */
import type { MessageId, RunId } from '@rivulet/protocol';
import type { CurrentConversation } from './current-conversation.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** The rooms of the chat in which something is waited for. */
export interface WaitingChat {
  current: CurrentConversation;
  outbox: Outbox;
  awaited: Set<RunId>;
  find(messageId: MessageId): unknown;
}

/** Answers that have begun, and accepted messages that are there or of another conversation. */
export function forgetShown(chat: WaitingChat): void {
  const { awaited } = chat;
  const { id, messages } = chat.current.conversation;
  for (const runId of awaited) if (messages.some(({ run }) => run?.id === runId)) awaited.delete(runId);
  chat.outbox.drop(
    ({ command }) => command.conversationId !== id || chat.find(command.messageId) !== undefined,
  );
}
