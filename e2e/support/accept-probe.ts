/** Visitors who ask one question after the other: how long a message takes to be accepted while something else happens. */
import type { ConversationId } from '@rivulet/protocol';
import type { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet } from './protocol-visitor.ts';

/** A visitor with a conversation of one question and its answer. */
export interface Conversing {
  client: ProtocolClient;
  token: string;
  conversationId: ConversationId;
}

/** Asks a first question as a new visitor, and waits for the end of the answer. */
export async function converse(url: string): Promise<Conversing> {
  const { client, token } = await greet(url);
  const { conversationId } = ask(client, 'Hello');
  await client.until(() => messagesOf(client).at(-1)?.run?.state === 'finished');
  return { client, token, conversationId };
}

/** Asks questions until it is over, each when the answer before has ended. @returns how long each took to be accepted, in milliseconds */
export async function probeAccepts(
  { client, conversationId }: Conversing,
  isOver: (asked: number) => boolean,
): Promise<number[]> {
  const acceptMs: number[] = [];
  while (!isOver(acceptMs.length)) {
    const before = messagesOf(client).length;
    const askedMs = performance.now();
    const { commandId } = ask(client, 'Again [[no-done]]', conversationId);
    await client.answer(commandId);
    acceptMs.push(performance.now() - askedMs);
    await client.until(() => {
      const messages = messagesOf(client);
      return messages.length === before + 2 && messages.at(-1)?.run?.state === 'finished';
    });
    client.events.length = 0; // or each answer would be searched in all events so far
  }
  return acceptMs;
}

const messagesOf = ({ view }: ProtocolClient) => view?.conversation.messages ?? [];
