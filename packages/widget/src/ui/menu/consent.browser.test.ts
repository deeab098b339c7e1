/** The real client on a scripted gateway: what it stores, and what goes over its line, before the visitor has agreed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Chat } from '../../client/chat.ts';
import { createChatClient } from '../../client/chat-client.ts';
import { FakeGateway } from '../../client/testing/fake-gateway.ts';
import { forgetConsent } from './consent.ts';
import { FakeRequest } from '../testing/fake-request.ts';
import { mountClosed, unmountAll, type Mounted } from '../testing/mount.ts';

const CONSENT = { privacy: { consent: { text: 'May we?', url: 'https://example.com/privacy' } } };
const VISITOR = { 'rivulet:demo:token': 'earlier', 'rivulet:demo:draft': 'Was it' };

let gateway: FakeGateway;
/** What was written, and where words to other tabs were to go. */
let left: string[];

beforeEach(() => {
  localStorage.clear();
  forgetConsent('demo');
  gateway = new FakeGateway();
  gateway.capabilities.push('client-tools');
  const written: string[] = []; // of this test: a chat of the one before may still say goodbye
  left = written;
  chats = [];
  const setItem = vi.spyOn(Storage.prototype, 'setItem');
  setItem.mockImplementation(function (this: Storage, key, value) {
    written.push(key);
    this[key] = value; // past the spy
  });
  vi.stubGlobal(
    'BroadcastChannel',
    class extends BroadcastChannel {
      override postMessage(message: unknown): void {
        written.push('to other tabs');
        super.postMessage(message);
      }
    },
  );
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new Error('no request is answered'))),
  );
});

afterEach(() => {
  unmountAll();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  FakeRequest.all = [];
  localStorage.clear();
  forgetConsent('demo');
});

let chats: Chat[];
const made = (chat: Chat): Chat => {
  chats.push(chat);
  return chat;
};

const mount = (attributes = {}): Mounted => {
  const site = { gateway: 'https://chat.test', site: 'demo' };
  const mounted = mountClosed({ ...site, ...attributes }, (options) =>
    made(createChatClient({ ...options, transport: gateway })),
  );
  mounted.element.configure(CONSENT);
  return mounted;
};
const comes = (mounted: Mounted, selector: string) => expect.poll(() => mounted.has(selector)).toBe(true);
const press = (mounted: Mounted, words: string): void => {
  const buttons = [...(mounted.element.shadowRoot?.querySelectorAll('button') ?? [])];
  buttons.find((button) => (button.ariaLabel ?? button.textContent.trim()) === words)?.click();
};
const said = () =>
  gateway.ofType('send-message').flatMap(({ parts }) => parts.map((part) => 'text' in part && part.text));
const nothing = { lines: [], left: [], requests: 0 };
const reported = () => ({ lines: gateway.commands, left, requests: vi.mocked(fetch).mock.calls.length });

test('nothing is sent and nothing stored before the visitor agrees, whatever the page asks; then all of it goes', async () => {
  const mounted = mount();
  const { element } = mounted;
  element.tool({ name: 'time', description: '', parameters: {}, handler: () => 1 });
  const identified = element.identify('token-of-ann');
  const sent = element.sendMessage('Hello');
  element.open();
  await comes(mounted, '[part=consent]');
  expect(reported()).toEqual(nothing);
  press(mounted, 'Agree and start');
  await Promise.all([identified, sent]);
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual(['token-of-ann']);
  expect([said(), gateway.ofType('send-message')[0]?.tools?.length]).toEqual([['Hello'], 1]);
  expect(left).toContain('rivulet:demo:user-conversation');
});

test('who declines has sent and stored nothing: what waited is told, and is not sent later', async () => {
  const mounted = mount();
  const held = [mounted.element.identify('token'), mounted.element.sendMessage('Never')];
  const refusals = Promise.allSettled(held);
  mounted.element.open();
  await comes(mounted, '[part=consent]');
  press(mounted, 'Not now');
  const reason = { name: 'ChatError', code: 'forbidden' };
  expect(await refusals).toMatchObject([{ reason }, { reason }]);
  expect([mounted.element.isOpen, reported()]).toEqual([false, nothing]);
  const sent = mounted.element.sendMessage('Now');
  mounted.element.open();
  await comes(mounted, '[part=consent]');
  press(mounted, 'Agree and start');
  await sent;
  expect([said(), gateway.ofType('hello')[0]?.token]).toEqual([['Now'], undefined]);
});

test('what an earlier page has stored is neither sent nor added to; the draft goes along', async () => {
  Object.assign(localStorage, VISITOR);
  const mounted = mount({ mode: 'inline' });
  await comes(mounted, 'textarea');
  const field = mounted.find('textarea') as HTMLTextAreaElement; // so the selector says
  field.value = 'Is it open?';
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  field.focus();
  await comes(mounted, '[part=consent]');
  expect(reported()).toEqual(nothing);
  press(mounted, 'Agree and start');
  await expect.poll(() => gateway.ofType('hello').map(({ token }) => token)).toEqual(['earlier']);
  expect([mounted.tag('rivulet-composer').text, localStorage['rivulet:demo:draft']]).toEqual(
    Array(2).fill('Is it open?'),
  );
});

test('the menu asks before it opens', async () => {
  const mounted = mount({ mode: 'inline' });
  await comes(mounted, '[data-opens=side]');
  mounted.find('[data-opens=side]').click();
  await comes(mounted, '[part=consent]');
  expect([reported(), mounted.has('[role=menuitem]')]).toEqual([nothing, false]);
});

test.each(['Conversations', 'Download my data', 'Erase my data'])(
  'what is behind an open menu asks again once another tab has forgotten the consent: %s',
  async (item) => {
    Object.assign(localStorage, { ...VISITOR, 'rivulet:demo:consent': '1' });
    const mounted = mount({ mode: 'inline' });
    await comes(mounted, '[data-opens=side]');
    mounted.find('[data-opens=side]').click();
    await comes(mounted, '[role=menuitem]');
    forgetConsent('demo');
    press(mounted, item);
    await comes(mounted, '[part=consent]');
    expect(reported().requests).toBe(0);
  },
);

test('a file is put once the visitor has agreed', async () => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  gateway.files = { maxBytes: 10, mediaTypes: ['text/plain'] };
  const mounted = mount({ mode: 'inline' });
  mounted.element.configure({ attachments: { isEnabled: true } });
  await comes(mounted, '.attach');
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(['hi'], 'a.txt', { type: 'text/plain' }));
  mounted.find('.header').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
  await comes(mounted, '[part=consent]');
  expect([reported(), FakeRequest.all.length]).toEqual([nothing, 0]);
  press(mounted, 'Agree and start');
  await expect.poll(() => FakeRequest.all[0]?.headers.Authorization).toBe('Bearer minted');
});

test('a logout before the answer takes back what waits, and what an earlier page has stored', async () => {
  Object.assign(localStorage, VISITOR);
  const { element } = mount();
  const refusals = Promise.allSettled([element.identify('token')]);
  await element.logout();
  expect(await refusals).toMatchObject([{ reason: { code: 'interrupted' } }]);
  expect([gateway.commands, localStorage.length]).toEqual([[], 0]);
});

test('who comes after a logout is asked anew', async () => {
  const mounted = mount();
  const sent = mounted.element.sendMessage('Hello');
  mounted.element.open();
  await comes(mounted, '[part=consent]');
  press(mounted, 'Agree and start');
  await sent;
  await mounted.element.logout();
  expect([localStorage.length, chats[0]?.snapshot.status]).toEqual([0, 'idle']);
  const refused = expect(mounted.element.sendMessage('Never')).rejects.toMatchObject({ code: 'forbidden' });
  await comes(mounted, '[part=consent]');
  press(mounted, 'Not now');
  await refused;
  expect(said()).toEqual(['Hello']);
});

test('asked for while a line is open, it ends the line', async () => {
  const mounted = mount();
  mounted.element.configure({ privacy: { consent: undefined } });
  await mounted.element.sendMessage('Hello');
  mounted.element.configure(CONSENT);
  expect(chats.map(({ snapshot }) => snapshot.status)).toEqual(['idle']);
  void mounted.element.sendMessage('Held').catch(() => undefined); // it ends with the element
  mounted.element.open();
  await comes(mounted, '[part=consent]');
  expect(said()).toEqual(['Hello']);
});
