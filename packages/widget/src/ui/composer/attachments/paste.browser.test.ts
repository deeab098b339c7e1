import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { FakeRequest } from '../../testing/fake-request.ts';
import { mountOpen, unmountAll, type Mounted } from '../../testing/mount.ts';

afterEach(() => {
  unmountAll();
  vi.unstubAllGlobals();
  FakeRequest.all = [];
});

const PICTURE = new File(['x'], 'image.png', { type: 'image/png' });

async function mount(maxBytes = 100): Promise<Mounted> {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const mounted = await mountOpen();
  mounted.element.configure({ attachments: { isEnabled: true, maxBytes } });
  await expect.poll(() => mounted.has('.attach')).toBe(true);
  return mounted;
}
/** @returns whether the paste is left to the browser, which then inserts the text */
function paste(mounted: Mounted, texts: Readonly<Record<string, string>>, file: File = PICTURE): boolean {
  const clipboardData = new DataTransfer();
  for (const [type, text] of Object.entries(texts)) clipboardData.setData(type, text);
  clipboardData.items.add(file);
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
  return mounted.find('textarea').dispatchEvent(event);
}

test.each([
  ['cells of a spreadsheet', { 'text/plain': 'a\tb', 'text/html': '<table>' }],
  ['cells of a program that copies no HTML', { 'text/plain': 'a\tb' }],
  ['words of a text processor', { 'text/plain': 'A word', 'text/rtf': '{}' }],
])('%s are pasted as text, without the picture of them (W42)', async (_, texts) => {
  const mounted = await mount();
  expect(paste(mounted, texts)).toBe(true);
  await mounted.rendered();
  expect(mounted.has('.attached-file')).toBe(false);
});

test.each([
  ['a screenshot', {}],
  ['a picture of a page', { 'text/html': '<img>' }],
  ['a file of the file manager', { 'text/plain': 'image.png' }],
])('%s is attached (W42)', async (_, texts) => {
  const mounted = await mount();
  expect(paste(mounted, texts)).toBe(false);
  await expect.poll(() => mounted.has('.attached-file')).toBe(true);
});

test('a refused file says why, and neither the text nor another file waits for it (states)', async () => {
  const mounted = await mount(4);
  paste(mounted, {}, new File(['12345'], 'big.png', { type: 'image/png' }));
  paste(mounted, {});
  const part = { fileId: 'f1', name: 'image.png', mediaType: 'image/png', sizeBytes: 1 };
  await expect.poll(() => FakeRequest.all.length).toBe(1);
  FakeRequest.all[0]?.answer(201, { ...part, url: 'v1/files/f1' });
  await expect.poll(() => mounted.has('.attached-file[data-state=there]')).toBe(true);
  expect(mounted.find('.form-problem').textContent.trim()).toBe('Larger than 4 bytes');
  await userEvent.type(mounted.find('textarea'), 'See{Enter}');
  const parts = [
    { type: 'text', text: 'See' },
    { type: 'file', ...part },
  ];
  expect(mounted.chat.calls).toEqual([`send ${JSON.stringify(parts)}`]);
  await expect.poll(() => mounted.has('.attached-file')).toBe(false);
});
