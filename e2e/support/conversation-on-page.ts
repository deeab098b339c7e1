/** A conversation as its pages show it and as the gateway's store has it, in one shape, so that the two can be compared. */
import { textOf, type ConversationId, type Message } from '@rivulet/protocol';
import type { Page } from 'playwright';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';

/** One message: whose, its words, and how it ended when that was not well. */
export interface Line {
  role: string;
  text: string;
  end: '' | 'stopped' | 'interrupted';
}

/** What a visitor reads, from the top. Plain texts only: Markdown is shown as something else than it is stored as. */
export async function shownOn(page: Page): Promise<Line[]> {
  const shown = await page.locator('rivulet-message').evaluateAll((elements) =>
    elements.map((element) => ({
      role: element.querySelector('.message')?.getAttribute('data-role') ?? '',
      text: element.querySelector('.body')?.textContent ?? '',
      end: element.querySelector('.end-text')?.textContent ?? '',
    })),
  );
  return shown.map(({ role, text, end }) => ({ role, text: plain(text), end: endOf(end) }));
}

function endOf(words: string): Line['end'] {
  if (words.includes('stopped')) return 'stopped';
  if (words.includes('interrupted')) return 'interrupted';
  if (words !== '') throw new Error(`a message ended with: ${words}`);
  return '';
}

/** The same, as the store has it, read by the plainest client with the visitor's own token. Of answers to one question the newest. */
export async function storedFor(page: Page, gatewayUrl: string): Promise<Line[]> {
  const { token, conversationId } = await page.evaluate(() => ({
    token: localStorage.getItem('rivulet:demo:token') ?? '',
    conversationId: localStorage.getItem('rivulet:demo:conversation') ?? '',
  }));
  // The widget has kept what it minted and the gateway took.
  const subscriptions = [{ conversationId: conversationId as ConversationId }];
  const reader = await ProtocolClient.connect(gatewayUrl, { token, subscriptions });
  await reader.received('synced');
  await reader.cut();
  const messages = reader.view?.conversation.messages ?? [];
  const place = ({ role, parentId }: Message) => `${role} ${parentId}`;
  const newest = new Map(messages.map((message) => [place(message), message]));
  return messages
    .filter((message) => newest.get(place(message)) === message)
    .map((message) => ({ role: message.role, text: plain(textOf(message)), end: reasonOf(message) }));
}

function reasonOf({ run }: Message): Line['end'] {
  if (run?.reason === 'aborted') return 'stopped';
  return run?.reason === 'interrupted' ? 'interrupted' : '';
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
