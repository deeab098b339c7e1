/** Reads a conversation from a deployment as a new client does, while faults may happen. */
import { emptyConversation, type Conversation, type ConversationId } from '@rivulet/protocol';
import type { Random } from '@rivulet/protocol/testing';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import type { Deployment } from './deployment.ts';

/** Whose conversation is read. `random` chooses the gateway. */
export interface StoredQuery {
  /** The id of the site. */
  site: string;
  token: string;
  conversationId: ConversationId;
  random: Random;
}

/** Reads until a gateway has answered. @returns an empty conversation when the gateway does not know it: every message is lost */
export async function readStored(deployment: Deployment, query: StoredQuery): Promise<Conversation> {
  for (;;) {
    const ports = deployment.healthyPorts();
    const port = ports[Math.floor(query.random() * ports.length)];
    const found = port === undefined ? undefined : await readOnce(port, query);
    if (found !== undefined) return found;
    await deployment.ready();
  }
}

/** @returns undefined when the gateway was not reached, or could not read the conversation */
async function readOnce(
  port: number,
  { site, token, conversationId }: StoredQuery,
): Promise<Conversation | undefined> {
  const subscriptions = [{ conversationId }];
  const url = `http://127.0.0.1:${port}`;
  const reader = await ProtocolClient.connect(url, { site, token, subscriptions }).catch(() => undefined);
  if (reader === undefined) return undefined;
  const isAnswer = ({ type }: { type: string }) => type === 'synced' || type === 'rejected';
  await reader.until(() => reader.events.some(isAnswer)).catch(() => undefined);
  void reader.cut();
  const { events, view } = reader;
  if (events.some(({ type }) => type === 'synced') && view !== undefined) return view.conversation;
  const isUnknown = events.some((event) => event.type === 'rejected' && event.error.code === 'not-found');
  return isUnknown ? emptyConversation(conversationId, 0) : undefined;
}
