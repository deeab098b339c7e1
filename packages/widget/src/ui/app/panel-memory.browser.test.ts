import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { SharedState } from '../../client/chat.ts';
import { mountClosed, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(async () => {
  unmountAll();
  await page.viewport(1000, 700);
});

/** Mounts a widget on a page whose shared state was left by the previous page. */
async function mountAfter(shared: SharedState, attributes = {}): Promise<Mounted> {
  const mounted = mountClosed(attributes);
  mounted.chat.shared = shared;
  await mounted.element.stop();
  await mounted.rendered();
  return mounted;
}
/** Delivers shared state as if another tab had published it. */
const receive = ({ chat }: Mounted, shared: SharedState) => {
  chat.share(shared);
  chat.emit('shared', { shared: chat.shared });
};
const answerOn = ({ chat }: Mounted) => {
  chat.emit('run-end', { runId: 'r_12345678' as never, reason: 'stop', text: 'Yes.' });
};

/** The badge is loaded with the first news. */
const badgeSays = ({ find }: Mounted, text: string) =>
  vi.waitFor(() => {
    expect(find('.badge').textContent).toBe(text);
  });

test('a panel that was open on the previous page is restored and does not take the focus', async () => {
  await page.viewport(1000, 700);
  const { element, chat, focused } = await mountAfter({ isOpen: true });
  expect([element.isOpen, chat.isConnected, focused()]).toEqual([true, true, null]);
  element.close();
  element.open();
  await element.stop();
  expect(chat.shared).toEqual({ isOpen: true });
});

test('on a phone, where it would cover the page, the panel is not restored', async () => {
  await page.viewport(360, 640);
  const { element, chat } = await mountAfter({ isOpen: true });
  expect([element.isOpen, chat.isConnected]).toEqual([false, false]);
});

test('the panel stays closed if none was open on the previous page', async () => {
  const { element, chat } = await mountAfter({});
  expect([element.isOpen, chat.isConnected, chat.shared]).toEqual([false, false, {}]);
});

test('an inline panel is always open and does not share that', async () => {
  const { chat } = await mountAfter({}, { mode: 'inline' });
  expect(chat.shared).toEqual({});
});

test('whether the panel is open is shared with the next page', async () => {
  const { element, chat } = await mountOpen();
  expect(chat.shared.isOpen).toBe(true);
  element.close();
  expect(chat.shared.isOpen).toBe(false);
});

test('an answer that two closed tabs receive counts once, in either order', async () => {
  const mounted = await mountAfter({ unread: 2 });
  await badgeSays(mounted, '2');
  receive(mounted, { unread: 3 });
  answerOn(mounted);
  expect(mounted.chat.shared.unread).toBe(3);
  answerOn(mounted);
  receive(mounted, { unread: 4 });
  await badgeSays(mounted, '4');
});

test('opening the panel in one tab clears the unread count in all tabs', async () => {
  const mounted = await mountAfter({ unread: 2 });
  await badgeSays(mounted, '2');
  receive(mounted, { unread: 0 });
  await vi.waitFor(() => {
    expect(mounted.find('.badge').hidden).toBe(true);
  });
  answerOn(mounted);
  expect(mounted.chat.shared.unread).toBe(1);
  mounted.element.open();
  expect(mounted.chat.shared.unread).toBe(0);
});

test('answers that another tab counted are read by the tab whose panel is open', async () => {
  const mounted = await mountOpen();
  answerOn(mounted);
  expect(mounted.chat.shared.unread ?? 0).toBe(0);
  receive(mounted, { unread: 1 });
  expect(mounted.chat.shared.unread).toBe(0);
});
