/** Tells webhooks that a conversation has started. */
import type { ConversationId, Message, MessageId } from '@rivulet/protocol';
import { completeTextOf } from '../stores/message-text.ts';
import type { Store } from '../stores/store.ts';
import type { WebhookEmitter } from '../webhooks/webhooks.ts';

/** What telling needs. */
export interface TellStartedOptions {
  store: Store;
  /** Who is told of new conversations. Default: nobody. */
  webhooks?: WebhookEmitter;
}

/** An accepted message. */
interface Accepted {
  conversationId: ConversationId;
  siteId: string;
  question: Message;
  answer: Message;
  kind: 'new' | 'repeated';
}

/**
 * Tells of the first message of a conversation, right after it was stored and before it is acknowledged. Scenario: 1. the message is
 * stored, 2. the gateway dies, 3. the client sends it again. Then it is told again, under the same id.
 * @param newestId the newest message before it, as far as it was read
 * @returns what was accepted
 */
export async function tellStarted<Run extends Accepted>(
  { store, webhooks }: TellStartedOptions,
  run: Run | 'moved',
  newestId: MessageId | null = null,
): Promise<Run | 'moved'> {
  if (run === 'moved' || webhooks?.isOn !== true) return run;
  const { conversationId, siteId, question, answer, kind } = run;
  if (newestId !== null || question.parentId !== null) return run;
  if (kind === 'repeated') {
    const parent = (await store.readStanding(conversationId, answer.id))?.named?.parent;
    if (parent?.parentId !== null) return run;
  }
  const text = completeTextOf(question);
  await webhooks.emit({ type: 'conversation.started', siteId, conversationId, text });
  return run;
}
