/** Pages that replace their content without a page load, and what becomes of the widget of the script tag. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeChat } from '../ui/testing/fake-chat.ts';
import { ManualClock } from '../ui/testing/mount.ts';
import { mountAppWith } from '../ui/app/mount-app.ts';
import { install, uninstall } from './install.ts';
import { RivuletChat } from './rivulet-chat.ts';

let chats: FakeChat[];
const place = document.body;

beforeEach(() => {
  chats = [];
  const body = document.createElement('body');
  place.replaceWith(body);
  body.append(document.createElement('main'), document.createElement('footer'));
});
afterEach(() => {
  uninstall();
  document.body.replaceWith(place);
  globalThis.rivulet = undefined;
});

function load(): RivuletChat {
  const loadApp: typeof RivuletChat.loadApp = () =>
    Promise.resolve({
      mountApp: (host) => {
        const createChat = () => (chats[chats.length] = new FakeChat());
        return mountAppWith(host, { createChat, clock: new ManualClock() });
      },
    });
  install({ script: null, loadApp });
  RivuletChat.loadApp = loadApp; // another test of this page may have defined the element
  return widgets()[0]!;
}
const widgets = () => [...document.querySelectorAll('rivulet-chat')];
const afterMutations = () => Promise.resolve();
const afterTask = () => new Promise((resolve) => setTimeout(resolve));

test.each<[string, (chat: RivuletChat) => void]>([
  ['a morph that prunes what it does not know', (chat) => chat.parentNode?.removeChild(chat)],
  [
    'code that empties the body',
    () => {
      document.body.replaceChildren();
    },
  ],
  [
    'code that removes each child',
    () => {
      for (const child of [...document.body.children]) child.remove();
    },
  ],
  [
    'new content of the body',
    () => {
      document.body.replaceChildren(document.createElement('main'));
    },
  ],
  [
    'a new body',
    () => {
      document.body.replaceWith(document.createElement('body'));
    },
  ],
])('after %s the same widget is back, with its chat (W73, W74)', async (_, change) => {
  const chat = load();
  await chat.stop();
  change(chat);
  await afterMutations();
  expect(widgets()).toEqual([chat]);
  await afterTask();
  expect([chats.length, chats[0]?.isClosed]).toEqual([1, false]);
});

test.each<[string, () => unknown]>([
  ["rivulet('open')", () => globalThis.rivulet?.('open')],
  ['a second script tag', load],
])('a widget that the page has removed on purpose stays away until %s (W73)', async (_, bringBack) => {
  const chat = load();
  chat.remove();
  document.body.append(document.createElement('section'));
  await afterTask();
  expect(widgets()).toEqual([]);
  await bringBack();
  expect(widgets()).toEqual([chat]);
});

test('a body that brings its own widget has one, and commands are for that one (W74)', async () => {
  load();
  const other = document.createElement('rivulet-chat');
  document.body.replaceChildren(other);
  await afterMutations();
  await globalThis.rivulet?.('open');
  expect([widgets(), other.isOpen]).toEqual([[other], true]);
});

test('a page may move the widget into its modal dialog; when the dialog goes, the widget is back in the body (W54)', async () => {
  const chat = load();
  await chat.stop();
  const dialog = document.createElement('dialog');
  document.body.append(dialog);
  dialog.append(chat);
  dialog.showModal();
  await afterTask();
  expect([chat.parentNode, chats[0]?.isClosed]).toEqual([dialog, false]);
  dialog.remove();
  await afterMutations();
  expect([chat.parentNode, chats[0]?.isClosed]).toEqual([document.body, false]);
});
