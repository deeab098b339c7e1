/** A visitor at a site with people, who asks for one: what the tests of the desk do and read. */
import type { ConversationOwner } from '@rivulet/protocol';
import { expect, vi } from 'vitest';
import { answer, userMessage } from './fake-chat.ts';
import { mountOpen, type Mounted } from './mount.ts';

/** Mounts a conversation with one answer. */
export async function mountAnswered(): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.chat.set({ status: 'online', capabilities: ['request-person', 'leave-address'] });
  mounted.chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'So.', { reason: 'stop' })]);
  await mounted.rendered();
  return mounted;
}

/** Gives the conversation to an owner, and waits for what matches then. */
export async function give(
  { chat, find, rendered }: Mounted,
  owner: ConversationOwner,
  selector: string,
): Promise<void> {
  chat.set({ conversation: { ...chat.snapshot.conversation, owner } });
  await vi.waitFor(() => find(selector));
  await rendered();
}

/** The lines across the transcript. */
export const linesIn = ({ element }: Mounted): string[] =>
  [...(element.shadowRoot?.querySelectorAll('.owner-change') ?? [])].map(({ textContent }) =>
    textContent.trim().replace(/\s+/g, ' '),
  );

/** What screen readers were told. */
export function spokenIn({ clock, element }: Mounted): string {
  clock.advance(250);
  return element.parentElement?.querySelector('[aria-live=polite]')?.textContent ?? '';
}

/** Opens the menu and chooses its first entry, which has the focus. */
export async function askInMenu({ find, rendered, focused }: Mounted): Promise<void> {
  find('[data-opens=side]').click();
  await vi.waitFor(() => find('[role=menuitem]'));
  await rendered();
  expect(focused()?.textContent.trim()).toBe('Talk to a person');
  find('[role=menuitem]').click();
}

/** Resolves when the chat was asked for a person, and for nothing else. */
export const isAsked = ({ chat }: Mounted): Promise<void> =>
  vi.waitFor(() => {
    expect(chat.calls).toEqual(['requestPerson']);
  });
