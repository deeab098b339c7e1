/** Reads a conversation from a page and from the gateway's store in one format, so that a test can compare the two. */
import { textOf, type ConversationId, type Message } from '@rivulet/protocol';
import type { Page } from 'playwright';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';

/** One message, reduced to what a page shows and the store holds. */
export interface ComparedMessage {
  /** `user` or `assistant`. */
  role: string;
  /** The text with every run of white space as one space. */
  text: string;
  /** How the answer ended; empty when it ended normally. */
  end: '' | 'stopped' | 'interrupted';
}

/**
 * Reads the messages that the page shows, in order. Works for plain text only: rendered Markdown differs from its stored source.
 * @throws {Error} when an answer ended with an error
 */
export async function messagesOnPage(page: Page): Promise<ComparedMessage[]> {
  const shown = await page.locator('rivulet-message').evaluateAll((elements) =>
    elements.map((element) => ({
      role: element.querySelector('.message')?.getAttribute('data-role') ?? '',
      text: element.querySelector('.body')?.textContent ?? '',
      end: element.querySelector('.end-text')?.textContent ?? '',
    })),
  );
  return shown.map(({ role, text, end }) => ({ role, text: plain(text), end: endOf(end) }));
}

function endOf(label: string): ComparedMessage['end'] {
  if (label.includes('stopped')) return 'stopped';
  if (label.includes('interrupted')) return 'interrupted';
  if (label !== '') throw new Error(`a message on the page has an unexpected end: ${label}`);
  return '';
}

/**
 * Reads the page's conversation from the store, with a protocol client and the visitor's token. Of several answers to one
 * question, only the newest is returned, because that is the one on the page.
 */
export async function messagesInStore(page: Page, gatewayUrl: string): Promise<ComparedMessage[]> {
  const { token, conversationId } = await page.evaluate(() => ({
    token: localStorage.getItem('rivulet:demo:token') ?? '',
    conversationId: localStorage.getItem('rivulet:demo:conversation') ?? '',
  }));
  // The widget stored an id that it minted itself, so the cast is safe.
  const subscriptions = [{ conversationId: conversationId as ConversationId }];
  const reader = await ProtocolClient.connect(gatewayUrl, { token, subscriptions });
  await reader.received('synced');
  await reader.cut();
  const messages = reader.view?.conversation.messages ?? [];
  const positionOf = ({ role, parentId }: Message) => `${role} ${parentId}`;
  const newest = new Map(messages.map((message) => [positionOf(message), message]));
  return messages
    .filter((message) => newest.get(positionOf(message)) === message)
    .map((message) => ({ role: message.role, text: plain(textOf(message)), end: reasonOf(message) }));
}

function reasonOf({ run }: Message): ComparedMessage['end'] {
  if (run?.reason === 'aborted') return 'stopped';
  return run?.reason === 'interrupted' ? 'interrupted' : '';
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
