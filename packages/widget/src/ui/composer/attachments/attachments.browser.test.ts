import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { OptionsChange } from '../../../shell/options.ts';
import { FakeRequest } from '../../testing/fake-request.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../../testing/mount.ts';
import { announced } from '../../testing/rich-scenes.ts';

afterEach(() => {
  unmountAll();
  vi.unstubAllGlobals();
  FakeRequest.all = [];
});

const PART = { fileId: 'f1', name: 'a.txt', mediaType: 'text/plain', sizeBytes: 2 };
const TEXT = new File(['hi'], 'a.txt', { type: 'text/plain' });

async function mount(options: OptionsChange = {}): Promise<Mounted> {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const mounted = await mountOpen();
  mounted.element.configure({ attachments: { isEnabled: true }, ...options });
  await vi.waitFor(() => {
    expect(mounted.has('.attach, .count')).toBe(true);
  });
  return mounted;
}
async function paste(mounted: Mounted, ...files: File[]): Promise<FakeRequest> {
  const clipboardData = new DataTransfer();
  for (const file of files) clipboardData.items.add(file);
  mounted
    .find('textarea')
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  await vi.waitFor(() => {
    expect(mounted.has('.attached-file')).toBe(true);
  });
  return FakeRequest.all.at(-1) ?? new FakeRequest();
}

test('a pasted file is uploaded with its name, type and the visitor’s token, and is sent with the text', async () => {
  const mounted = await mount();
  const request = await paste(mounted, TEXT);
  expect(request.address).toBe('https://chat.test/v1/files?site=demo&name=a.txt');
  expect(request.headers).toEqual({ Authorization: 'Bearer minted', 'Content-Type': 'text/plain' });
  request.upload.onprogress({ loaded: 1, total: 2 });
  await mounted.rendered();
  expect(mounted.element.shadowRoot?.querySelector('progress')?.value).toBe(0.5);
  expect(await audit(mounted.element)).toEqual([]);
  request.answer(201, { ...PART, url: 'v1/files/f1?signature=x' });
  await userEvent.type(mounted.find('textarea'), 'See{Enter}');
  const parts = [
    { type: 'text', text: 'See' },
    { type: 'file', ...PART },
  ];
  expect(mounted.chat.calls).toEqual([`send ${JSON.stringify(parts)}`]);
  await mounted.rendered();
  expect([mounted.has('.attached-file'), mounted.find('rivulet-file').textContent.includes('a.txt')]).toEqual(
    [false, true],
  );
});

test('a tab without a token lets the other tab store it before a file is uploaded', async () => {
  const mounted = await mount();
  mounted.chat.token = undefined;
  const request = await paste(mounted, TEXT);
  await vi.waitFor(() => {
    expect(request.headers.Authorization).toBe('Bearer minted by another tab');
  });
  expect(mounted.chat.calls).toEqual(['allowStorage']);
});

test('nothing is sent before all files are uploaded, and the reason is announced', async () => {
  const mounted = await mount();
  await paste(mounted, TEXT);
  await userEvent.type(mounted.find('textarea'), 'See{Enter}');
  expect(mounted.chat.calls).toEqual([]);
  expect(announced(mounted)).toBe('Wait for the uploads, or remove them.');
});

test.each([
  [new File(['12345'], 'long.txt', { type: 'text/plain' }), /^Larger than 4 bytes/],
  [new File(['x'], 'run.exe', { type: 'application/x-msdownload' }), /^This type cannot be sent here/],
])('a file that the site does not take is not put, and says why', async (file, words) => {
  const mounted = await mount({ attachments: { isEnabled: true, maxBytes: 4 } });
  await paste(mounted, file);
  expect(mounted.find('.form-problem').textContent.trim()).toMatch(words);
  expect(await audit(mounted.element)).toEqual([]);
  expect(FakeRequest.all).toEqual([]);
});

const FILES = { maxBytes: 2_000_000, mediaTypes: ['image/png', 'application/pdf'] };

test('if the gateway accepts no files there is no button, and pasted files are ignored', async () => {
  const mounted = await mount();
  mounted.chat.set({ files: null });
  await mounted.rendered();
  const clipboardData = new DataTransfer();
  clipboardData.items.add(TEXT);
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
  mounted.find('textarea').dispatchEvent(event);
  await mounted.rendered();
  expect([mounted.has('.attach'), mounted.has('.attached-file'), event.defaultPrevented]).toEqual([
    false,
    false,
    false,
  ]);
});

test('the limits of the gateway are shown on the button, in the picker and on the drop target', async () => {
  const mounted = await mount();
  mounted.chat.set({ files: FILES });
  await mounted.rendered();
  const limits = 'At most 5 per message, 2 MB each: PNG and PDF';
  const picker = mounted.find('input[type=file]') as HTMLInputElement; // guaranteed by the selector
  expect([mounted.find('.attach').title, picker.accept]).toEqual([limits, 'image/png,application/pdf']);
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(TEXT);
  mounted.find('.header').dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
  await mounted.rendered();
  expect(mounted.find('.drop-zone small').textContent).toBe(limits);
  expect(await audit(mounted.element)).toEqual([]);
});

test('a file that the gateway would refuse is refused before its upload, with an explanation', async () => {
  const mounted = await mount();
  mounted.chat.set({ files: { ...FILES, maxBytes: 4 } });
  await mounted.rendered();
  await paste(mounted, TEXT, new File(['12345'], 'a.pdf', { type: 'application/pdf' }));
  const problems = [...(mounted.element.shadowRoot?.querySelectorAll('.form-problem') ?? [])];
  expect(problems.map(({ textContent }) => textContent.trim())).toEqual([
    'This type cannot be sent here. These can: PNG and PDF',
    'Larger than 4 bytes',
  ]);
  expect(FakeRequest.all).toEqual([]);
});

test('a file chosen before the first welcome is checked against the limits of that welcome', async () => {
  const mounted = await mount();
  mounted.chat.token = undefined;
  mounted.chat.set({ status: 'connecting' });
  await paste(mounted, TEXT);
  mounted.chat.token = 'minted';
  mounted.chat.set({ status: 'online', files: null });
  await vi.waitFor(() => {
    expect(mounted.find('.form-problem').textContent.trim()).toBe('Files cannot be sent here');
  });
  expect(FakeRequest.all).toEqual([]);
});

test('a failed upload can be tried again, and a running one can be cancelled with the keyboard', async () => {
  const mounted = await mount();
  (await paste(mounted, TEXT)).answer(500, { code: 'internal' });
  await vi.waitFor(() => {
    expect(mounted.has('.form-problem')).toBe(true);
  });
  mounted.find('.attached-file .link-button').click();
  await mounted.rendered();
  expect(FakeRequest.all).toHaveLength(2);
  mounted.find('.attached-file .icon-button').focus();
  await userEvent.keyboard('{Enter}');
  await mounted.rendered();
  expect(mounted.has('.attached-file')).toBe(false);
  expect(mounted.focused()).toBe(mounted.find('textarea'));
});

test('files can be dropped anywhere on the panel', async () => {
  const mounted = await mount();
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(TEXT);
  const drag = (type: string) =>
    mounted
      .find('.header')
      .dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  drag('dragenter');
  await mounted.rendered();
  expect(mounted.find('.drop-zone').textContent.trim()).toBe('Drop files to attach them');
  drag('drop');
  await mounted.rendered();
  expect([mounted.has('.drop-zone'), mounted.has('.attached-file')]).toEqual([false, true]);
});

test('the remaining characters are counted near the limit, and nothing is sent beyond it', async () => {
  const mounted = await mount({ attachments: { isEnabled: false }, composer: { maxChars: 10 } });
  await userEvent.fill(mounted.find('textarea'), '123456789');
  await mounted.rendered();
  expect(mounted.find('.count').textContent.trim()).toBe('1 character left');
  await userEvent.fill(mounted.find('textarea'), '12345678901');
  await userEvent.type(mounted.find('textarea'), '{Enter}');
  expect(mounted.chat.calls).toEqual([]);
  expect(announced(mounted)).toBe('1 character too many');
});

test('a preview is revoked when its file is removed or sent, and when the widget is removed', async () => {
  const made = vi.spyOn(URL, 'createObjectURL');
  const revoked = vi.spyOn(URL, 'revokeObjectURL');
  const picture = (name: string) => new File(['x'], name, { type: 'image/png' });
  const mounted = await mount();
  await paste(mounted, picture('a.png'));
  mounted.find('.attached-file .icon-button').click();
  (await paste(mounted, picture('b.png'))).answer(201, { ...PART, mediaType: 'image/png' });
  await expect.poll(() => mounted.has('.attached-file[data-state=there]')).toBe(true);
  await userEvent.type(mounted.find('textarea'), 'See{Enter}');
  await paste(mounted, picture('c.png'));
  mounted.element.remove();
  const urls = made.mock.results.map(({ value }) => [value as string]); // none of the calls has thrown
  expect(urls).toHaveLength(3);
  await expect.poll(() => revoked.mock.calls).toEqual(urls);
});

test('a widget that is moved within the page keeps its attachments', async () => {
  const mounted = await mount();
  await paste(mounted, TEXT);
  const box = document.body.appendChild(document.createElement('div'));
  box.append(mounted.element);
  await mounted.rendered();
  expect(mounted.has('.attached-file')).toBe(true);
  mounted.element.remove();
  box.remove();
});
