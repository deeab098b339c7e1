import type { ConversationId } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { FakeChat } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

const TWO = [
  { id: 'c_second0001', title: 'Ships', preview: 'About **ships**', createdAtMs: 0, updatedAtMs: 2 },
  { id: 'c_first00001', title: 'Ports', preview: '', createdAtMs: 0, updatedAtMs: 1 },
];

/** A gateway with two conversations that records its requests. */
function answerRequests() {
  const asked: string[] = [];
  const fetch = vi.fn((input: RequestInfo | URL, init: RequestInit = {}) => {
    const url = new URL(String(input));
    asked.push(`${init.method ?? 'GET'} ${url.pathname} ${url.searchParams.get('query') ?? ''}`.trim());
    const query = url.searchParams.get('query') ?? '';
    const conversations = TWO.filter(({ title }) => title.includes(query));
    return Promise.resolve(Response.json({ conversations }));
  });
  return { asked, fetch };
}

async function openMenu(
  item?: string,
): Promise<Mounted & { asked: string[]; press: (name: string) => Promise<void> }> {
  const { asked, fetch } = answerRequests();
  vi.spyOn(FakeChat.prototype, 'access', 'get').mockReturnValue({
    gateway: 'https://chat.test',
    site: 'demo',
    token: 'token',
    fetch,
  });
  await page.viewport(1000, 700);
  const mounted = await mountOpen();
  const press = async (name: string): Promise<void> => {
    const find = () =>
      [...mounted.element.shadowRoot!.querySelectorAll<HTMLElement>('button')].find(
        (button) =>
          (button.getAttribute('aria-label') ?? button.textContent.trim()) === name &&
          button.checkVisibility(),
      );
    await expect.poll(find).toBeDefined();
    find()?.click();
    await mounted.rendered();
  };
  await press('Menu');
  await expect.poll(() => mounted.has('[role=menuitem]')).toBe(true);
  if (item !== undefined) await press(item);
  return { ...mounted, asked, press };
}

const key = (target: Element | null, name: string) =>
  target?.dispatchEvent(
    new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }),
  );

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
});

test('the arrow keys move through the menu, and Escape returns the focus to its button', async () => {
  const { focused, has, rendered } = await openMenu();
  const names: (string | undefined)[] = [];
  for (const name of ['ArrowDown', 'ArrowDown', 'End', 'ArrowDown', 'ArrowUp', 'Home']) {
    key(focused(), name);
    names.push(focused()?.textContent.trim());
  }
  expect(names).toEqual([
    'Download my data',
    'Erase my data',
    'Erase my data',
    'Conversations',
    'Erase my data',
    'Conversations',
  ]);
  key(focused(), 'Escape');
  await rendered();
  expect([has('rivulet-menu'), focused()?.getAttribute('aria-label')]).toEqual([false, 'Menu']);
});

test('the site chooses the entries of the menu; without entries there is no button for it', async () => {
  const { element, find, has, rendered } = await openMenu();
  element.configure({ history: { isEnabled: false }, privacy: { canExport: false } });
  await rendered();
  expect([...find('[role=menu]').children].map(({ textContent }) => textContent.trim())).toEqual([
    'Erase my data',
  ]);
  element.configure({ privacy: { canErase: false } });
  await rendered();
  expect(has('[data-opens=side]')).toBe(false);
});

test('conversations are listed in place of the current one, searched after a pause in typing, and opened', async () => {
  const { chat, clock, find, has, asked, rendered, press } = await openMenu('Conversations');
  await expect.poll(() => find('.side-rows').textContent).toContain('Ports');
  expect(find('.side-preview').textContent).toBe('About ships');
  expect(find('rivulet-transcript').checkVisibility()).toBe(false);
  const field = find('.side-input') as HTMLInputElement;
  field.value = 'Ports';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  clock.advance(250);
  await expect.poll(() => find('.side-rows').textContent).not.toContain('Ships');
  expect(asked.at(-1)).toBe('GET /v1/conversations Ports');
  const open = vi.spyOn(chat, 'openConversation');
  await press('Ports');
  expect(open).toHaveBeenCalledExactlyOnceWith('c_first00001' as ConversationId);
  await rendered();
  expect(has('.side')).toBe(false);
});

test('a conversation is renamed in place, and deleted after a second press', async () => {
  const { find, asked, press, rendered } = await openMenu('Conversations');
  await press('Rename: Ships');
  const field = find('[data-takes-focus]') as HTMLInputElement;
  // `$&` must not act as a replacement pattern.
  field.value = 'Boats $&';
  key(field, 'Enter');
  await expect.poll(() => find('.side-rows').textContent).toContain('Boats $&');
  expect(asked).toContain('PATCH /v1/conversations/c_second0001');
  await press('Delete: Boats $&');
  expect(find('.side-row').textContent).toContain('Delete “Boats $&” for good?');
  expect(asked.some((one) => one.startsWith('DELETE'))).toBe(false);
  await press('Delete');
  await expect.poll(() => find('.side-rows').textContent).not.toContain('Boats');
  await rendered();
  expect(asked).toContain('DELETE /v1/conversations/c_second0001');
});

test('Escape discards a new name, whatever change event the field fires on removal', async () => {
  const { find, asked, press, rendered } = await openMenu('Conversations');
  await press('Rename: Ships');
  const field = find('[data-takes-focus]') as HTMLInputElement;
  field.value = 'Boats';
  key(field, 'Escape');
  field.dispatchEvent(new Event('change'));
  await rendered();
  expect(find('.side-rows').textContent).toContain('Ships');
  expect(asked.some((one) => one.startsWith('PATCH'))).toBe(false);
});

test('all data is erased after a confirmation whose safe answer has the focus', async () => {
  const { find, asked, press, has, focused } = await openMenu('Erase my data');
  await expect.poll(() => focused()?.textContent.trim()).toBe('Cancel');
  expect(find('.side').textContent).toContain('cannot be undone');
  await press('Erase everything');
  await expect.poll(() => has('.side')).toBe(false);
  expect(asked).toEqual(['DELETE /v1/visitor']);
});

test('what must be kept for legal reasons is not announced as erased', async () => {
  const { chat, find, has, press, element } = await openMenu('Erase my data');
  const { access } = chat;
  const body = { code: 'conflict', message: 'Erased conversations: 1.', retry: 'no' };
  const fetch = (input: RequestInfo | URL, init: RequestInit = {}) =>
    init.method === 'DELETE'
      ? Promise.resolve(Response.json(body, { status: 409 }))
      : access.fetch(input, init);
  vi.spyOn(FakeChat.prototype, 'access', 'get').mockReturnValue({ ...access, fetch });
  await press('Erase everything');
  await expect.poll(() => has('.side [role=alert]')).toBe(true);
  expect(find('.side [role=alert]').textContent).toContain('must be kept for now for legal reasons');
  await press('Back to the conversation');
  await press('Menu');
  await press('Conversations');
  await expect.poll(() => has('.side-row')).toBe(true);
  await press('Delete: Ships');
  await press('Delete');
  await expect.poll(() => has('.side [role=alert]')).toBe(true);
  expect(element.shadowRoot!.querySelectorAll('.side-row')).toHaveLength(2);
  expect(await audit(element)).toEqual([]);
});

test('a download that fails is reported in place and can be tried again', async () => {
  const { chat, find, has, press, element } = await openMenu();
  const { access } = chat;
  const failing = { ...access, fetch: () => Promise.reject(new Error('offline')) };
  vi.spyOn(FakeChat.prototype, 'access', 'get').mockReturnValue(failing);
  await press('Download my data');
  await expect.poll(() => has('.side [role=alert]')).toBe(true);
  expect(find('.side [role=alert]').textContent).toBe('The download did not work. Please try again.');
  expect(await audit(element)).toEqual([]);
  vi.spyOn(FakeChat.prototype, 'access', 'get').mockReturnValue(access);
  await press('Try again');
  await expect.poll(() => has('.side')).toBe(false);
});

test.each(['light', 'dark'] as const)(
  'menu, list and confirmations have no accessibility violation: %s',
  async (theme) => {
    const { element, press } = await openMenu();
    element.theme = theme;
    expect(await audit(element)).toEqual([]);
    await press('Conversations');
    await expect.poll(() => element.shadowRoot!.querySelectorAll('.side-row').length).toBe(2);
    expect(await audit(element)).toEqual([]);
    await press('Back to the conversation');
    await press('Menu');
    await press('Erase my data');
    expect(await audit(element)).toEqual([]);
  },
);
