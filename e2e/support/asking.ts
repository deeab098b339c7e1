/** A visitor on the plain protocol: says hello, asks, and remembers its own ids. */
import {
  mintConversationId,
  mintMessageId,
  type CommandId,
  type ConversationId,
  type MessageId,
} from '@rivulet/protocol';
import { randomBytes } from '../../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';

export interface Asked {
  conversationId: ConversationId;
  messageId: MessageId;
  commandId: CommandId;
}

export const newConversationId = (): ConversationId => mintConversationId(randomBytes);

/** Sends a question; does not wait for anything. */
export function ask(client: ProtocolClient, text: string, conversationId = newConversationId()): Asked {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text }];
  return {
    conversationId,
    messageId,
    commandId: client.send({ type: 'send-message', conversationId, messageId, parts }),
  };
}

/** A client that has said hello, and the token that makes another one the same visitor. */
export async function greet(url: string): Promise<{ client: ProtocolClient; token: string }> {
  const client = await ProtocolClient.connect(url);
  const { token = '' } = await client.received('welcome');
  return { client, token };
}
