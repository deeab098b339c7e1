import { afterEach, expect, test, vi } from 'vitest';
import { errorText, loadErrorTexts } from '../ui/i18n/error-texts.ts';
import { audit, mountClosed, mountOpen, press, unmountAll } from '../ui/testing/mount.ts';
import { RivuletChat } from './rivulet-chat.ts';

afterEach(unmountAll);

test('the closed element has no accessibility violation', async () => {
  const { element } = mountClosed();
  expect(await audit(element)).toEqual([]);
});

test('the launcher is a button that says what it does and whether the panel is open', async () => {
  const { find, element } = await mountOpen();
  const launcher = find('.launcher');
  expect(launcher.getAttribute('aria-expanded')).toBe('true');
  launcher.click();
  expect(launcher.getAttribute('aria-expanded')).toBe('false');
  expect(launcher.getAttribute('aria-label')).toBe('Open chat');
  expect(element.isOpen).toBe(false);
});

test('opening puts the focus into the composer, closing with Escape gives it back to the launcher', async () => {
  const { find, focused, rendered } = await mountOpen();
  await rendered();
  expect(focused()).toBe(find('textarea'));
  press(find('textarea'), 'Escape');
  expect(focused()).toBe(find('.launcher'));
});

test('a closed panel is out of reach for keyboard and screen reader', async () => {
  const { element, find } = await mountOpen();
  element.close();
  await vi.waitFor(() => {
    expect(getComputedStyle(find('.panel')).visibility).toBe('hidden');
  });
});

test('methods called before the application is loaded wait for it', async () => {
  const { element, chat } = mountClosed();
  const sent = element.sendMessage('hello');
  const identified = element.identify('token');
  expect(chat.calls).toEqual([]);
  await Promise.all([sent, identified]);
  expect(chat.calls).toEqual(expect.arrayContaining(['connect', 'send hello', 'identify token']));
});

test('methods work on an element that is not in the document', async () => {
  const { element, chat } = mountClosed();
  element.remove();
  await element.sendMessage('hello');
  expect(chat.calls).toContain('send hello');
});

test('nothing connects before the visitor acts', async () => {
  const { element, chat } = mountClosed();
  await element.stop();
  expect(chat.isConnected).toBe(false);
  element.open();
  expect(chat.isConnected).toBe(true);
});

test('an inline box connects when it gets the focus, not before', async () => {
  const { chat, element, find, rendered } = mountClosed({ mode: 'inline' });
  await element.stop();
  await rendered();
  expect(chat.isConnected).toBe(false);
  find('textarea').focus();
  expect(chat.isConnected).toBe(true);
});

test('ready comes once, after the turn in which the element was put into the page', async () => {
  const onReady = vi.fn();
  document.addEventListener('rivulet-ready', onReady);
  const { element } = mountClosed();
  expect(onReady).not.toHaveBeenCalled();
  await Promise.resolve();
  document.body.prepend(element);
  await Promise.resolve();
  expect(onReady).toHaveBeenCalledTimes(1);
  document.removeEventListener('rivulet-ready', onReady);
});

test('what happens in the chat leaves the element as typed, bubbling, composed events', async () => {
  const { element, chat } = await mountOpen();
  const seen: unknown[] = [];
  element.addEventListener('rivulet-run-end', (event) => {
    seen.push(event.detail, event.bubbles, event.composed);
  });
  chat.emit('run-end', { runId: 'r_12345678' as never, reason: 'stop', text: 'Yes.' });
  expect(seen).toEqual([{ runId: 'r_12345678', reason: 'stop', text: 'Yes.' }, true, true]);
});

test('open and close tell the page once each', () => {
  const { element } = mountClosed();
  const seen: string[] = [];
  for (const name of ['rivulet-open', 'rivulet-close'] as const)
    element.addEventListener(name, ({ type }) => seen.push(type));
  element.open();
  element.open();
  element.close();
  element.close();
  expect(seen).toEqual(['rivulet-open', 'rivulet-close']);
});

test('remove() leaves nothing: no region, no style of the page, no listener, no line', async () => {
  const { element, chat, clock } = await mountOpen();
  chat.emit('run-start', { runId: 'r_12345678' as never, messageId: 'm_12345678' as never });
  clock.advance(250);
  expect(document.querySelectorAll('[data-rivulet]').length).toBe(1);
  element.remove();
  await vi.waitFor(() => {
    expect(chat.isClosed).toBe(true);
  });
  expect(document.querySelectorAll('[data-rivulet]').length).toBe(0);
  expect(chat.listenerCount).toBe(0);
  expect(element.shadowRoot?.querySelector('rivulet-app')).toBeNull();
  expect(element.shadowRoot?.adoptedStyleSheets.length).toBe(1);
});

test('moving the element in the document keeps its conversation', async () => {
  const { element, chat } = await mountOpen();
  const box = document.createElement('div');
  document.body.append(box);
  box.append(element);
  await new Promise((resolve) => setTimeout(resolve));
  expect(chat.isClosed).toBe(false);
  box.remove();
});

test('an answer that ends while the panel is closed is counted on the launcher', async () => {
  const { element, chat, find } = await mountOpen();
  element.close();
  chat.emit('run-end', { runId: 'r_12345678' as never, reason: 'stop', text: 'Yes.' });
  await vi.waitFor(() => {
    expect(find('.badge').textContent).toBe('1');
  });
  expect(find('.launcher').getAttribute('aria-label')).toBe('Open chat – 1');
  element.open();
  await vi.waitFor(() => {
    expect(find('.badge').hidden).toBe(true);
  });
});

test('an application that cannot be fetched is an error event, and the next try may succeed', async () => {
  const { element } = mountClosed();
  const loadApp = RivuletChat.loadApp;
  RivuletChat.loadApp = () => Promise.reject(new Error('offline'));
  const onError = vi.fn();
  element.addEventListener('rivulet-error', onError);
  await expect(element.stop()).rejects.toThrow('could not be loaded');
  expect(onError).toHaveBeenCalledTimes(1);
  RivuletChat.loadApp = loadApp;
  await expect(element.stop()).resolves.toBeUndefined();
});

test('attributes and properties mirror each other, and an unknown word is the default', () => {
  const { element } = mountClosed({ mode: 'sideways', gateway: 'https://chat.example.com/base/' });
  expect(element.mode).toBe('floating');
  expect(element.gateway).toBe('https://chat.example.com/base');
  element.theme = 'dark';
  expect(element.getAttribute('theme')).toBe('dark');
  element.gateway = null;
  expect(element.gateway).toBe(location.origin);
});

test('the panel speaks the language of the locale attribute', async () => {
  const { find, rendered } = await mountOpen({ locale: 'de-AT' });
  await vi.waitFor(async () => {
    await rendered();
    expect(find('textarea').getAttribute('placeholder')).toBe('Nachricht schreiben …');
  });
  expect(find('.launcher').getAttribute('aria-label')).toBe('Chat schließen');
});

test('any text can be replaced, one error text without the others', async () => {
  const { element, find, rendered, tag } = await mountOpen();
  element.configure({ strings: { title: 'Harbour', errors: { busy: 'One moment.' } } });
  await rendered();
  expect(find('.title').textContent).toBe('Harbour');
  const { strings } = tag('rivulet-app');
  await loadErrorTexts(strings);
  const texts = (['busy', 'interrupted'] as const).map((code) => errorText(code, strings, () => undefined));
  expect(texts).toEqual(['One moment.', 'The answer was interrupted. Please try again.']);
});
