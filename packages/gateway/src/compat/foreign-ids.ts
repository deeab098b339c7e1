/** Ids that other protocols choose, as ids of this one. The same id is always the same, so that a repeated request repeats nothing. */
import { createHash } from 'node:crypto';
import { ConversationIdSchema, type ConversationId, type MessageId } from '@rivulet/protocol';
import * as v from 'valibot';

/** Whose id it is. */
export interface IdOwner {
  siteId: string;
  ownerId: string;
}

/**
 * The conversation of a chat id. An id of this protocol is that conversation, whose owner is checked as always. Any other id is one of
 * its owner alone: two visitors whose pages call their chats `main` have two conversations.
 */
export function conversationIdOf(chatId: string, { siteId, ownerId }: IdOwner): ConversationId {
  const own = v.safeParse(ConversationIdSchema, chatId);
  if (own.success) return own.output;
  return `c_${digest(['conversation', siteId, ownerId, chatId])}` as ConversationId; // letters of base64url
}

/** The id of a message that another protocol sends: that of what it says, in this conversation. */
export const messageIdOf = (conversationId: ConversationId, content: readonly string[]): MessageId =>
  `m_${digest(['message', conversationId, ...content])}` as MessageId; // letters of base64url

/** 132 bits, as 22 letters. */
const digest = (values: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 22);
