/** What is said around a message that is on the screen. */
import type { Conversation } from '@rivulet/protocol';

/** undefined: it is not on the screen. */
export const conversationAround = (element: Element): Conversation | undefined =>
  element.closest('rivulet-transcript')?.snapshot.conversation;
