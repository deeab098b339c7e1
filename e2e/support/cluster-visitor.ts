/** A visitor with the widget's client, on one transport, who notes how each answer ended. */
import type { FinishReason, Message, RunId } from '@rivulet/protocol';
import type { Chat, ChatSnapshot } from '../../packages/widget/src/client/chat.ts';
import { createChatClient } from '../../packages/widget/src/client/chat-client.ts';
import { createLongPollTransport } from '../../packages/widget/src/client/transports/long-poll-transport.ts';
import { createSseTransport } from '../../packages/widget/src/client/transports/sse-transport.ts';
import { createWebSocketTransport } from '../../packages/widget/src/client/transports/websocket-transport.ts';
import { MemoryStorage, createNodeEnvironment } from './node-environment.ts';

const TRANSPORTS = {
  websocket: createWebSocketTransport,
  sse: createSseTransport,
  'long-poll': createLongPollTransport,
};
/** The name of a transport of the widget. */
export type TransportName = keyof typeof TRANSPORTS;

/** A visitor; the caller closes the chat. */
export interface Visitor {
  chat: Chat;
  /** The reasons with which each run ended, as reported by the client; more than one would be a fault. */
  ends: Map<RunId, FinishReason[]>;
  /** Resolves as soon as the condition holds for the state of the chat. */
  until(isTrue: (snapshot: ChatSnapshot) => boolean): Promise<void>;
  /** The newest answer. */
  readonly answer: Message | undefined;
  /** The text of the newest answer; empty when there is none. */
  readonly text: string;
}

/** Opens the page of a new visitor. @param gateway the address of the gateway, or of what is in front of it */
export function openVisitor(gateway: string, transport: TransportName): Visitor {
  const environment = createNodeEnvironment(new MemoryStorage());
  const chat = createChatClient({
    gateway,
    site: 'demo',
    environment,
    transport: TRANSPORTS[transport](gateway, environment),
  });
  const ends = new Map<RunId, FinishReason[]>();
  chat.on('run-end', ({ runId, reason }) => {
    ends.set(runId, [...(ends.get(runId) ?? []), reason]);
  });
  chat.connect();
  return {
    chat,
    ends,
    until: (isTrue) =>
      new Promise((resolve) => {
        const check = () => {
          if (!isTrue(chat.snapshot)) return;
          end();
          resolve();
        };
        const end = chat.subscribe(check);
        check();
      }),
    get answer() {
      return chat.snapshot.conversation.messages.findLast(({ role }) => role === 'assistant');
    },
    get text() {
      return (this.answer?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
    },
  };
}
