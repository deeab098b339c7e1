/** Reads a conversation for a principal: the look-up and the decision in one step, so that neither is forgotten. */
import { ChatError, type ConversationId, type MessageId } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { ConversationRecord, Owner, Standing, Store } from '../stores/store.ts';
import type { ActionOn } from './actions.ts';
import { authorize } from './authorize.ts';

/** Who asks for a conversation, and for what. */
export interface ConversationRequest {
  principal: Principal;
  action: ActionOn<'conversation'>;
  conversationId: ConversationId;
  /** The message to read with the standing. */
  messageId?: MessageId | undefined;
}

/** The owner under which a principal's conversations and files are stored. */
export const ownerOf = ({ siteId, id }: Principal): Owner => ({ siteId, ownerId: id });

/** Reads the record of a conversation. @throws {ChatError} not-found when it does not exist or belongs to another principal */
export async function readOwnConversation(
  store: Store,
  { principal, action, conversationId }: ConversationRequest,
): Promise<ConversationRecord> {
  const record = await store.readConversation(conversationId, ownerOf(principal));
  authorize({ principal, action, resource: { kind: 'conversation', owner: record } });
  if (record === undefined) throw new ChatError('not-found');
  return record;
}

/** Reads the standing of a conversation and one of its messages. @throws {ChatError} not-found, like `readOwnConversation` */
export async function readOwnStanding(store: Store, request: ConversationRequest): Promise<Standing> {
  const standing = await readStandingIfAny(store, request);
  if (standing === undefined) throw new ChatError('not-found');
  return standing;
}

/**
 * Reads the standing for an action that may create the conversation.
 * @returns undefined when there is none of this principal: the store refuses to create one whose id is taken
 */
export async function readStandingIfAny(
  store: Store,
  { principal, action, conversationId, messageId }: ConversationRequest,
): Promise<Standing | undefined> {
  const standing = await store.readStanding(conversationId, messageId, ownerOf(principal));
  authorize({ principal, action, resource: { kind: 'conversation', owner: standing?.record } });
  return standing;
}
