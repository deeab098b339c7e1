/** Finds the conversation that contains a rendered message. */
import type { Conversation } from '@rivulet/protocol';

/** Returns the conversation of the enclosing transcript; undefined if the element is in none. */
export const closestConversation = (element: Element): Conversation | undefined =>
  element.closest('rivulet-transcript')?.snapshot.conversation;
