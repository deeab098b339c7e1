/** A chat in a tab of a fake browser. */
import { textOf } from '@rivulet/protocol';
import { createChatClient } from '../chat-client.ts';
import type { Chat } from '../chat.ts';
// Fetched with the second tab: here it is there before.
import '../tabs/tab-group.ts';
import type { FakeBrowser, FakeTab } from './fake-browser.ts';
import type { FakeGateway } from './fake-gateway.ts';

export interface OpenTab {
  tab: FakeTab;
  chat: Chat;
  /** The texts of the messages on screen. */
  texts: () => string[];
}

/** Connected already. @param prepare may take something away from the tab before. */
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
