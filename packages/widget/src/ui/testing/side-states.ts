/** States around a conversation: teaser, attachments, menu and side views. */
import { vi } from 'vitest';
import { isPhone } from '../app/is-phone.ts';
import { FakeRequest } from './fake-request.ts';
import { mountClosed, mountOpen, type Mounted } from './mount.ts';
import { answers, then, type Attributes, type State, type States } from './states.ts';
import { textsFor } from './state-texts.ts';

const answered = answers(({ short }) => short);
/** Resolves when an element matches. */
const waitForMatch = (mounted: Mounted, selector: string) =>
  vi.waitFor(() => {
    mounted.find(selector);
  });
/** Clicks the first match of each selector in order, and waits for each to appear. */
const clicks = async (mounted: Mounted, ...selectors: string[]) => {
  for (const selector of selectors) {
    await waitForMatch(mounted, selector);
    mounted.find(selector).click();
    await mounted.rendered();
  }
};
/** Selector of a menu entry by its position, counted from 1. */
const menuItem = (index: number) => `[role=menuitem]:nth-child(${index})`;
const MENU = '[data-opens=side]';

const DAY_MS = 86_400_000;
const history = (...selectors: string[]): State =>
  then(answered, async (mounted, { titles, short }) => {
    mounted.clock.advance(9 * DAY_MS);
    const conversations = titles.map((title, index) => ({
      id: `c_conversation${index + 1}`,
      title: index === 2 ? null : title,
      preview: index === 2 ? '' : short,
      createdAtMs: 0,
      updatedAtMs: mounted.clock.now() - index * DAY_MS,
    }));
    mounted.chat.fetch = () => Promise.resolve(Response.json({ conversations }));
    await clicks(mounted, MENU, menuItem(1));
    await waitForMatch(mounted, '.side-row');
    await clicks(mounted, ...selectors);
  });

const closedWith =
  (configure: (mounted: Mounted, attributes: Attributes) => void | Promise<void>): State =>
  async (attributes) => {
    const mounted = mountClosed(attributes);
    await configure(mounted, attributes);
    return mounted;
  };

const teaser = closedWith(async (mounted, { locale }) => {
  mounted.element.configure({ launcher: { teaser: textsFor(locale).teaser } });
  await mounted.element.stop();
  if (!isPhone()) await waitForMatch(mounted, '.teaser');
});

const consent = closedWith(async (mounted, { locale }) => {
  mounted.element.configure({
    privacy: { consent: { text: textsFor(locale).consent, url: 'https://example.com/privacy' } },
  });
  mounted.element.open();
  await waitForMatch(mounted, '[part=consent]');
  await mounted.rendered();
});

/** Creates a PNG file with one colour. */
async function drawPicture(): Promise<File> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [80, 60];
  const context = canvas.getContext('2d');
  if (context !== null) context.fillStyle = '#c98b4b';
  context?.fillRect(0, 0, 80, 60);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve);
  });
  return new File([blob ?? ''], 'chair.png', { type: 'image/png' });
}

/** One file is uploaded, one is uploading, one has failed, one is refused. */
const attachments: State = async (attributes) => {
  const mounted = await mountOpen(attributes);
  mounted.element.configure({ attachments: { isEnabled: true } });
  const mediaTypes = ['image/png', 'application/pdf', 'text/plain'];
  mounted.chat.set({ files: { maxBytes: 10_000_000, mediaTypes } });
  await waitForMatch(mounted, '.attach');
  const clipboardData = new DataTransfer();
  const files = [
    await drawPicture(),
    new File(['%PDF'], 'the-receipt-of-the-chair-and-the-table.pdf', { type: 'application/pdf' }),
    new File(['notes'], 'notes.txt', { type: 'text/plain' }),
    new File(['x'], 'run.exe', { type: 'application/x-msdownload' }),
  ];
  for (const file of files) clipboardData.items.add(file);
  FakeRequest.all = [];
  mounted
    .find('textarea')
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  await waitForMatch(mounted, '.attached-file');
  await vi.waitFor(() => {
    if (FakeRequest.all.length < 3) throw new Error('the uploads have not started yet');
  });
  const [picture, receipt, notes] = FakeRequest.all;
  picture?.answer(201, {
    fileId: 'f1',
    name: 'chair.png',
    mediaType: 'image/png',
    sizeBytes: 90,
    url: 'v1/files/f1',
  });
  receipt?.upload.onprogress({ loaded: 3, total: 5 });
  notes?.answer(500, { code: 'internal' });
  await waitForMatch(mounted, '.attached-file[data-state=failed] .link-button');
  await mounted.rendered();
  return mounted;
};

/** The states around a conversation, by name. They need {@link FakeRequest} in place of `XMLHttpRequest`. */
export const SIDE_STATES: States = {
  teaser,
  consent,
  attachments,
  menu: then(answered, (mounted) => clicks(mounted, MENU).then(() => waitForMatch(mounted, menuItem(1)))),
  history: history(),
  'history-rename': history('.side-row .icon-button'),
  'history-delete': history('.side-row .icon-button:last-child'),
  erase: then(answered, async (mounted) => {
    await clicks(mounted, MENU, menuItem(3));
    await waitForMatch(mounted, '[data-takes-focus]');
  }),
};
