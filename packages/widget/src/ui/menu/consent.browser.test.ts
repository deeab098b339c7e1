/** The real client on a scripted gateway: what it stores and what it sends before the visitor has given consent. */
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
/** Storage keys that were written, and broadcast channels that were opened. */
let left: string[];

beforeEach(() => {
  localStorage.clear();
  forgetConsent('demo');
  gateway = new FakeGateway();
  gateway.capabilities.push('client-tools');
  const written: string[] = []; // Of this test only: a chat of the previous test may still write while it closes.
  left = written;
  chats = [];
  const setItem = vi.spyOn(Storage.prototype, 'setItem');
  setItem.mockImplementation(function (this: Storage, key, value) {
    written.push(key);
    this[key] = value; // bypasses the spy
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
const announced = () =>
  gateway.ofType('send-message').flatMap(({ parts }) => parts.map((part) => 'text' in part && part.text));
const nothing = { lines: [], left: [], requests: 0 };
const reported = () => ({ lines: gateway.commands, left, requests: vi.mocked(fetch).mock.calls.length });

test('before consent nothing is sent or stored, whatever the page calls; afterwards everything queued is sent', async () => {
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
  expect([announced(), gateway.ofType('send-message')[0]?.tools?.length]).toEqual([['Hello'], 1]);
  expect(left).toContain('rivulet:demo:user-conversation');
});

test('declining sends and stores nothing: queued commands are rejected and not sent later', async () => {
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
  expect([announced(), gateway.ofType('hello')[0]?.token]).toEqual([['Now'], undefined]);
});

test('data stored by an earlier page is neither sent nor changed, and the draft is kept', async () => {
  Object.assign(localStorage, VISITOR);
  const mounted = mount({ mode: 'inline' });
  await comes(mounted, 'textarea');
  const field = mounted.find('textarea') as HTMLTextAreaElement; // guaranteed by the selector
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

test('the menu asks for consent before it opens', async () => {
  const mounted = mount({ mode: 'inline' });
  await comes(mounted, '[data-opens=side]');
  mounted.find('[data-opens=side]').click();
  await comes(mounted, '[part=consent]');
  expect([reported(), mounted.has('[role=menuitem]')]).toEqual([nothing, false]);
});

test.each(['Conversations', 'Download my data', 'Erase my data'])(
  'an open menu asks again after another tab has withdrawn the consent: %s',
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

test('a file is uploaded once the visitor has given consent', async () => {
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

test('a logout before the decision rejects what is queued and removes what an earlier page has stored', async () => {
  Object.assign(localStorage, VISITOR);
  const { element } = mount();
  const refusals = Promise.allSettled([element.identify('token')]);
  await element.logout();
  expect(await refusals).toMatchObject([{ reason: { code: 'interrupted' } }]);
  expect([gateway.commands, localStorage.length]).toEqual([[], 0]);
});

test('the next visitor after a logout is asked again', async () => {
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
  expect(announced()).toEqual(['Hello']);
});

test('enabling consent while connected closes the connection', async () => {
  const mounted = mount();
  mounted.element.configure({ privacy: { consent: undefined } });
  await mounted.element.sendMessage('Hello');
  mounted.element.configure(CONSENT);
  expect(chats.map(({ snapshot }) => snapshot.status)).toEqual(['idle']);
  void mounted.element.sendMessage('Held').catch(() => undefined); // rejected when the element is removed
  mounted.element.open();
  await comes(mounted, '[part=consent]');
  expect(announced()).toEqual(['Hello']);
});
