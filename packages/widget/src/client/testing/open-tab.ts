/** Opens a chat client in a tab of a fake browser. */
import { textOf } from '@rivulet/protocol';
import { createChatClient } from '../chat-client.ts';
import type { Chat } from '../chat.ts';
// The client loads this chunk with the second tab. Importing it here makes that import resolve in microtasks.
import '../tabs/tab-group.ts';
import type { FakeBrowser, FakeTab } from './fake-browser.ts';
import type { FakeGateway } from './fake-gateway.ts';

/** A chat with its tab. */
export interface OpenTab {
  tab: FakeTab;
  chat: Chat;
  /** The texts of the messages on screen. */
  texts: () => string[];
}

/**
 * Opens a tab, creates a chat in it, and connects it.
 * @param prepare called before the chat is created, for example to remove the locks of the tab
 */
export function openTab(
  browser: FakeBrowser,
  gateway: FakeGateway,
  prepare: (tab: FakeTab) => void = () => undefined,
): OpenTab {
  const tab = browser.openTab(gateway);
  prepare(tab);
  const chat = createChatClient({
    gateway: 'https://chat.test',
    site: 'demo',
    environment: tab,
    transport: tab,
  });
  chat.connect();
  return { tab, chat, texts: () => chat.snapshot.conversation.messages.map(textOf) };
}
