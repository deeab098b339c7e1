import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { userMessage } from '../testing/fake-chat.ts';
import { audit, mountClosed, mountOpen, press, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

test('the composer has no accessibility violation, empty, filled and while an answer is written', async () => {
  const { element, chat, find, rendered } = await mountOpen();
  expect(await audit(element)).toEqual([]);
  await userEvent.type(find('textarea'), 'hello');
  chat.set({ isAnswering: true });
  await rendered();
  expect(await audit(element)).toEqual([]);
});

test('Enter sends and empties the field, Shift+Enter inserts a line break', async () => {
  const { chat, tag } = await mountOpen();
  const field = tag('textarea');
  await userEvent.type(field, 'one{Shift>}{Enter}{/Shift}two{Enter}');
  expect(chat.calls).toEqual(['send one\ntwo']);
  expect(field.value).toBe('');
});

test('Enter that ends a composition does not send', async () => {
  const { chat, find } = await mountOpen();
  await userEvent.type(find('textarea'), 'にほん');
  press(find('textarea'), 'Enter', { isComposing: true });
  press(find('textarea'), 'Enter', { keyCode: 229 });
  expect(chat.calls).toEqual([]);
});

test('blank text is not sent, and the button is marked as unavailable without losing the focus', async () => {
  const { chat, find, focused } = await mountOpen();
  await userEvent.type(find('textarea'), '  \u200b\u2060{Enter}');
  find('.send').focus();
  find('.send').click();
  expect(chat.calls).toEqual([]);
  expect(find('.send').getAttribute('aria-disabled')).toBe('true');
  expect(focused()).toBe(find('.send'));
});

test('the send button turns into the stop button without losing the focus', async () => {
  const { chat, find, focused, rendered } = await mountOpen();
  await userEvent.type(find('textarea'), 'hello');
  const button = find('.send');
  button.focus();
  button.click();
  await rendered();
  expect(button.getAttribute('aria-label')).toBe('Stop answering');
  expect(focused()).toBe(button);
  button.click();
  expect(chat.calls).toEqual(['send hello', 'stop']);
});

test('while an answer streams one can type, Enter queues the text, and Escape stops without closing the panel', async () => {
  const { element, chat, rendered, tag } = await mountOpen();
  chat.set({ isAnswering: true });
  await rendered();
  const field = tag('textarea');
  await userEvent.type(field, 'next{Enter}');
  press(field, 'Escape');
  expect(field.value).toBe('');
  expect(chat.calls).toEqual(['queue next', 'stop']);
  expect(element.isOpen).toBe(true);
});

test('Up in an empty field restores the last message', async () => {
  const { chat, find, rendered, tag } = await mountOpen();
  chat.setMessages([userMessage('question1', 'What is it?')]);
  await rendered();
  await userEvent.type(find('textarea'), '{ArrowUp}');
  await rendered();
  expect(tag('textarea').value).toBe('What is it?');
});

test('F6 moves the focus from the composer to the transcript and back', async () => {
  const { find, focused } = await mountOpen();
  press(find('textarea'), 'F6');
  expect(focused()).toBe(find('.scroller'));
  press(find('.scroller'), 'F6');
  expect(focused()).toBe(find('textarea'));
});

test('the field grows from 44 to 192 pixels and then scrolls', async () => {
  const { rendered, tag } = await mountOpen();
  const field = tag('textarea');
  expect(field.offsetHeight).toBe(44);
  await userEvent.fill(field, 'line\n'.repeat(20));
  await rendered();
  expect(field.offsetHeight).toBe(192);
});

test('the text is stored as the draft', async () => {
  const { chat, find } = await mountOpen();
  await userEvent.type(find('textarea'), 'hal');
  expect(chat.draft).toBe('hal');
});

test('a stored draft is restored, and changes of it in other tabs are followed', async () => {
  const mounted = mountClosed();
  mounted.chat.draft = 'Half a';
  mounted.element.open();
  await mounted.element.stop();
  await mounted.rendered();
  expect(mounted.tag('textarea').value).toBe('Half a');
  mounted.chat.emit('draft', { text: 'Half a sentence' });
  await mounted.rendered();
  expect(mounted.tag('textarea').value).toBe('Half a sentence');
});

test('a closed chat accepts no text, says why, and does not take the focus away', async () => {
  const { chat, element, find, focused, rendered, tag } = await mountOpen();
  await userEvent.type(find('textarea'), 'hel');
  const error = { code: 'origin-denied', retry: 'no', message: '', ref: 'e_1' } as const;
  chat.set({ status: 'offline', closedBecause: error });
  await rendered();
  await userEvent.keyboard('lo{Enter}{ArrowUp}');
  find('.send').click();
  expect([chat.calls, tag('textarea').value, focused()]).toEqual([[], 'hel', tag('textarea')]);
  expect(find('.send').getAttribute('aria-disabled')).toBe('true');
  expect(tag('textarea').placeholder).toBe('Not available');
  const why = tag('textarea').getAttribute('aria-describedby');
  expect(find(`#${why}`).textContent.trim()).toMatch(
    /^This chat is not available on this page yet\.\s+Reference: e_1$/,
  );
  expect(await audit(element)).toEqual([]);
});

test('a chat that is available again accepts text again', async () => {
  const { chat, find, rendered } = await mountOpen();
  chat.set({ closedBecause: { code: 'unauthenticated', retry: 'no', message: '', ref: 'e_1' } });
  await rendered();
  chat.set({ closedBecause: null });
  await rendered();
  await userEvent.type(find('textarea'), 'hello{Enter}');
  expect(chat.calls).toEqual(['send hello']);
});
