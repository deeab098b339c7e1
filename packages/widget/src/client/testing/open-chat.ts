/** Opens a chat client on a fake gateway and records its events. */
import { textOf } from '@rivulet/protocol';
import { createChatClient } from '../chat-client.ts';
import type { Chat, ChatEvents } from '../chat.ts';
import { FakeEnvironment } from './fake-environment.ts';
import { FakeGateway } from './fake-gateway.ts';

type Reported = { [Name in keyof ChatEvents]: [Name, ChatEvents[Name]] }[keyof ChatEvents];

/** A chat with its fakes. */
export interface OpenChat {
  chat: Chat;
  gateway: FakeGateway;
  environment: FakeEnvironment;
  /** Every event of the chat with its name, oldest first. */
  reported: Reported[];
  /** The texts of the messages on screen. */
  texts: () => string[];
  /** The details of the events with this name. */
  received: <Name extends keyof ChatEvents>(name: Name) => ChatEvents[Name][];
}

const NAMES: (keyof ChatEvents)[] = ['status', 'message', 'run-start', 'run-end', 'owner-change', 'error'];

/** Creates a chat and connects it. Pass the gateway and the storage of an earlier chat to simulate a reload. */
export function openChat({
  gateway = new FakeGateway(),
  environment = new FakeEnvironment(),
}: { gateway?: FakeGateway; environment?: FakeEnvironment } = {}): OpenChat {
  const chat = createChatClient({
    gateway: 'https://chat.test',
    site: 'demo',
    environment,
    transport: gateway,
  });
  const reported: Reported[] = [];
  // The compiler cannot correlate a name of the list with its detail.
  for (const name of NAMES) chat.on(name, (detail) => reported.push([name, detail] as Reported));
  chat.connect();
  return {
    chat,
    gateway,
    environment,
    reported,
    texts: () => chat.snapshot.conversation.messages.map(textOf),
    received: <Name extends keyof ChatEvents>(name: Name) =>
      reported.flatMap(([one, detail]) => (one === name ? [detail as ChatEvents[Name]] : [])),
  };
}
