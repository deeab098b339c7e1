/** Removes from the waiting lists what has arrived in the conversation. */
import type { MessageId, RunId } from '@rivulet/protocol';
import type { CurrentConversation } from './current-conversation.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** The parts of a session that wait for events of the conversation. */
export interface WaitingChat {
  /** The conversation on screen. */
  current: CurrentConversation;
  /** Holds messages until the conversation shows them. */
  outbox: Outbox;
  /** Runs that were requested and are not in the conversation yet. */
  awaited: Set<RunId>;
  /** The message of the conversation with this id; undefined when there is none. */
  find(messageId: MessageId): unknown;
}

/** Removes requested runs that have started, and accepted messages that are shown or belong to another conversation. */
export function forgetShown(chat: WaitingChat): void {
  const { awaited } = chat;
  const { id, messages } = chat.current.conversation;
  for (const runId of awaited) if (messages.some(({ run }) => run?.id === runId)) awaited.delete(runId);
  chat.outbox.drop(
    ({ command }) => command.conversationId !== id || chat.find(command.messageId) !== undefined,
  );
}
