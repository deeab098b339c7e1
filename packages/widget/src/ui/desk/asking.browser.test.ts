import { ChatError, type ConversationOwner } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { askInMenu, give, isAsked, linesIn, mountAnswered, spokenIn } from '../testing/asking-visitor.ts';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { audit, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

const QUEUE: ConversationOwner = { kind: 'queue', number: 1, sinceMs: 5 };

test('the menu asks for a person; the state is shown, said once, and the composer has the focus', async () => {
  const mounted = await mountAnswered();
  await askInMenu(mounted);
  await isAsked(mounted);
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.focused()?.localName).toBe('textarea');
  await give(mounted, QUEUE, '#rivulet-queue-notice');
  expect(linesIn(mounted)).toEqual(['You are waiting for a person. You can keep writing.']);
  expect(spokenIn(mounted)).toBe('You are waiting for a person. You can keep writing.');
  expect(mounted.find('.status').textContent).toContain('Waiting for a person…');
});

test('the menu has the entry only where the site has people, and while the model answers', async () => {
  const mounted = await mountAnswered();
  const entries = async () => {
    mounted.find('[data-opens=side]').click();
    await vi.waitFor(() => mounted.find('[role=menuitem]'));
    await mounted.rendered();
    const first = mounted.find('[role=menuitem]').textContent.trim();
    mounted.find('[data-opens=side]').click();
    await mounted.rendered();
    return first;
  };
  expect(await entries()).toBe('Talk to a person');
  await give(mounted, QUEUE, '.owner-change');
  expect(await entries()).toBe('Conversations');
  await give(mounted, { kind: 'ai', number: 2, sinceMs: 6 }, '.owner-change');
  expect(await entries()).toBe('Talk to a person');
  mounted.chat.set({ capabilities: [] });
  expect(await entries()).toBe('Conversations');
});

test('the page without history, download and erasure still has a menu for it', async () => {
  const mounted = await mountAnswered();
  mounted.element.configure({
    history: { isEnabled: false },
    privacy: { canExport: false, canErase: false },
  });
  await mounted.rendered();
  expect(mounted.has('[data-opens=side]')).toBe(true);
});

test('a request that fails says so in words, and can be repeated', async () => {
  const mounted = await mountAnswered();
  mounted.chat.rejection = new ChatError('internal');
  await askInMenu(mounted);
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual(['That did not work. Please try again. Try again']);
  });
  expect(spokenIn(mounted)).toBe('That did not work. Please try again.');
  expect(await audit(mounted.element)).toEqual([]);
  mounted.chat.rejection = undefined;
  mounted.find('.owner-change button').click();
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.chat.calls).toEqual(['requestPerson', 'requestPerson']);
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('without a connection the request waits, and that is said', async () => {
  const mounted = await mountAnswered();
  mounted.chat.set({ status: 'offline' });
  await askInMenu(mounted);
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual(['Waiting for the connection']);
  });
  mounted.chat.set({ status: 'online' });
  await mounted.rendered();
  expect(linesIn(mounted)).toEqual(['Asking for a person…']);
});

test('in an empty conversation the visitor is told to write first, until they do', async () => {
  const mounted = await mountAnswered();
  mounted.chat.setMessages([]);
  await mounted.rendered();
  await askInMenu(mounted);
  const first = 'Write what it is about first. Then you can ask for a person.';
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual([first]);
  });
  expect(spokenIn(mounted)).toBe(first);
  expect(mounted.chat.calls).toEqual([]);
  mounted.chat.setMessages([userMessage('question', 'Why?')]);
  await mounted.rendered();
  expect(linesIn(mounted)).toEqual([]);
});

test('a failed answer ends with the offer, which nothing above makes room for', async () => {
  const mounted = await mountAnswered();
  const top = () => mounted.find('rivulet-message:last-of-type').getBoundingClientRect().top;
  const before = top();
  mounted.chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'So.', { reason: 'error' })]);
  await vi.waitFor(() => mounted.find('.person-offer button'));
  expect(top()).toBe(before);
  expect(await audit(mounted.element)).toEqual([]);
  mounted.find('.person-offer button').click();
  await isAsked(mounted);
  await vi.waitFor(() => {
    expect(linesIn(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.has('.person-offer')).toBe(false);
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('when the file about the desk cannot be loaded, that is said in place of the conversation, and can be repeated', async () => {
  const mounted = await mountAnswered();
  const panel = mounted.tag('rivulet-app');
  const load = vi.spyOn(panel, 'loadDesk').mockRejectedValue(new TypeError('offline'));
  await askInMenu(mounted);
  await vi.waitFor(() => mounted.find('.side [role=alert]'));
  await mounted.rendered();
  expect(mounted.focused()?.textContent.trim()).toBe('Try again');
  expect(await audit(mounted.element)).toEqual([]);
  load.mockRestore();
  mounted.find('.side-action').click();
  await isAsked(mounted);
  expect(mounted.has('.side')).toBe(false);
});
