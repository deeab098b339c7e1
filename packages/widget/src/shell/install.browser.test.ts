import { afterEach, expect, test, vi } from 'vitest';
import { FakeChat } from '../ui/testing/fake-chat.ts';
import { ManualClock, unmountAll } from '../ui/testing/mount.ts';
import { mountAppWith } from '../ui/app/mount-app.ts';
import type { AppHost } from './app-contract.ts';
import { install, uninstall } from './install.ts';
import { RivuletChat } from './rivulet-chat.ts';

const chat = new FakeChat();

afterEach(() => {
  uninstall();
  unmountAll();
  globalThis.rivulet = undefined;
});

function load(attributes: Readonly<Record<string, string>> = {}): void {
  const script = document.createElement('script');
  script.src = 'https://chat.example.com/rivulet.js';
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  const loadApp = () =>
    Promise.resolve({
      mountApp: (host: AppHost) => mountAppWith(host, { createChat: () => chat, clock: new ManualClock() }),
    });
  install({ script, loadApp });
  RivuletChat.loadApp = loadApp; // another test of this page may have defined the element
}

const widgets = () => [...document.querySelectorAll('rivulet-chat')];

test('one script tag puts one widget at the end of the body, with the attributes of the tag', () => {
  load({ 'data-site': 'demo', 'data-theme': 'dark', 'data-unknown': 'x' });
  expect(widgets().length).toBe(1);
  expect(widgets()[0]?.getAttributeNames()).toEqual(['site', 'theme']);
  expect(widgets()[0]).toMatchObject({ site: 'demo', theme: 'dark' });
  expect(document.body.lastElementChild).toBe(widgets()[0]);
});

test('the gateway is where the script came from', () => {
  load();
  expect(widgets()[0]?.gateway).toBe('https://chat.example.com');
});

test('a second script tag changes nothing', () => {
  load();
  const { rivulet } = globalThis;
  load();
  expect(widgets().length).toBe(1);
  expect(globalThis.rivulet).toBe(rivulet);
});

test('an element that the page has already is the widget', () => {
  const own = document.createElement('div');
  own.append(document.createElement('rivulet-chat'));
  document.body.append(own);
  load({ 'data-site': 'demo' });
  expect(widgets().length).toBe(1);
  expect(widgets()[0]?.parentElement).toBe(own);
  own.remove();
});

test('a body that is swapped gets the same element, once', async () => {
  load();
  const [element] = widgets();
  const before = document.body;
  before.replaceWith(document.createElement('body'));
  await Promise.resolve();
  expect(widgets()).toEqual([element]);
  document.body.replaceWith(before);
});

test('calls queued before the loader run in order, and one that is wrong does not stop the others', async () => {
  const onOpen = vi.fn();
  globalThis.rivulet = Object.assign(() => undefined, { q: [['on', 'open', onOpen], ['open']] });
  load();
  await vi.waitFor(() => {
    expect(onOpen).toHaveBeenCalledTimes(1);
  });
  await expect(globalThis.rivulet('dance')).rejects.toThrow("rivulet('dance'): no such command");
});

test('a call from before the loader has a promise that settles with the call (states)', async () => {
  const q: NonNullable<NonNullable<typeof globalThis.rivulet>['q']> = [];
  // As the snippet of the README.
  const call = (...args: unknown[]) => new Promise((...settle) => q.push(Object.assign(args, { settle })));
  globalThis.rivulet = Object.assign(call, { q });
  const [sent, failed] = [call('sendMessage', 'hello'), call('dance')];
  load();
  await expect(sent).resolves.toMatchObject({ messageId: expect.stringMatching(/^m_/) as string });
  await expect(failed).rejects.toThrow("rivulet('dance'): no such command");
});

test('the global sends messages and resolves when they are accepted', async () => {
  load();
  const accepted = await globalThis.rivulet?.('sendMessage', 'hello');
  expect(accepted).toMatchObject({ messageId: expect.stringMatching(/^m_/) as string });
});
