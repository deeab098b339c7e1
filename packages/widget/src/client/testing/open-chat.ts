/** A client on a fake gateway, with everything that it tells written down. */
import { textOf } from '@rivulet/protocol';
import { createChatClient } from '../chat-client.ts';
import type { Chat, ChatEvents } from '../chat.ts';
import { FakeEnvironment } from './fake-environment.ts';
import { FakeGateway } from './fake-gateway.ts';

type Told = { [Name in keyof ChatEvents]: [Name, ChatEvents[Name]] }[keyof ChatEvents];

export interface OpenChat {
  chat: Chat;
  gateway: FakeGateway;
  environment: FakeEnvironment;
  told: Told[];
  /** The texts of the messages on screen. */
  texts: () => string[];
  /** What was told under a name. */
  heard: <Name extends keyof ChatEvents>(name: Name) => ChatEvents[Name][];
}

const NAMES: (keyof ChatEvents)[] = ['status', 'message', 'run-start', 'run-end', 'error'];

/** Connected already. Give the gateway and a storage of an earlier one to play a reload. */
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
  const told: Told[] = [];
  // The compiler cannot correlate a name of the list with its detail.
  for (const name of NAMES) chat.on(name, (detail) => told.push([name, detail] as Told));
  chat.connect();
  return {
    chat,
    gateway,
    environment,
    told,
    texts: () => chat.snapshot.conversation.messages.map(textOf),
    heard: <Name extends keyof ChatEvents>(name: Name) =>
      told.flatMap(([one, detail]) => (one === name ? [detail as ChatEvents[Name]] : [])),
  };
}
