/** Decides whether a queued message has to wait. */
import { runningMessages, type ConversationId, type RunId } from '@rivulet/protocol';
import type { CurrentConversation } from './current-conversation.ts';

/** The parts of a session that know about answers. */
export interface AnsweringChat {
  /** The conversation on screen. */
  current: CurrentConversation;
  /** Runs that were requested and are not in the conversation yet. */
  awaited: ReadonlySet<RunId>;
}

/** Whether an answer is being written or was requested. True for other conversations than the one on screen: it is not known there. */
export function isBusy({ current, awaited }: AnsweringChat, conversationId: ConversationId): boolean {
  if (conversationId !== current.id || current.isLoading || awaited.size > 0) return true;
  return runningMessages(current.conversation).length > 0;
}
