/** A visitor that speaks the wire protocol without a browser: greets the gateway and sends questions. */
import {
  mintConversationId,
  mintMessageId,
  type ClientTool,
  type CommandId,
  type ConversationId,
  type MessageId,
} from '@rivulet/protocol';
import { randomBytes } from '../../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';

/** The ids of a `send-message` command that was sent. */
export interface SentQuestion {
  /** The conversation that the message was sent in. */
  conversationId: ConversationId;
  /** The id of the user message. */
  messageId: MessageId;
  /** The id under which the gateway accepts or rejects the command. */
  commandId: CommandId;
}

/** Mints an id for a conversation that does not exist yet. */
export const newConversationId = (): ConversationId => mintConversationId(randomBytes);

/** Sends a question with `send-message` and returns at once, without waiting for `accepted`. @param more tools that the page offers */
export function ask(
  client: Pick<ProtocolClient, 'send'>,
  text: string,
  conversationId = newConversationId(),
  more: { tools?: ClientTool[] } = {},
): SentQuestion {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text }];
  return {
    conversationId,
    messageId,
    commandId: client.send({ type: 'send-message', conversationId, messageId, parts, ...more }),
  };
}

/** Connects as a new visitor. The token connects further clients as the same visitor. */
export async function greet(url: string): Promise<{ client: ProtocolClient; token: string }> {
  const client = await ProtocolClient.connect(url);
  const { token = '' } = await client.received('welcome');
  return { client, token };
}
