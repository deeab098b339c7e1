import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { audit, mountOpen, press, unmountAll, type Mounted } from '../../testing/mount.ts';
import { announced } from '../../testing/rich-scenes.ts';

afterEach(unmountAll);

/** A panel where an answer is being written and the messages wait. */
async function mountQueue(...texts: string[]): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.chat.set({ isAnswering: true });
  for (const text of texts) mounted.chat.queue(text);
  await vi.waitFor(() => {
    expect(listed(mounted)).toEqual(texts);
  });
  return mounted;
}
const listed = ({ element }: Mounted) =>
  [...(element.shadowRoot?.querySelectorAll('.queue-text') ?? [])].map(({ textContent }) => textContent);
const button = ({ find }: Mounted, name: string) => find(`.queue [aria-label="${name}"]`);

test('Enter while an answer streams queues the message, empties the field and announces that it waits', async () => {
  const mounted = await mountQueue();
  await userEvent.type(mounted.find('textarea'), 'next{Enter}');
  expect([mounted.chat.calls, mounted.tag('textarea').value]).toEqual([['queue next'], '']);
  await vi.waitFor(() => {
    expect(listed(mounted)).toEqual(['next']);
  });
  await vi.waitFor(() => {
    expect(announced(mounted)).toContain('Sent when the answer is finished');
  });
});

test('a second button queues by pointer, so that the stop button stays where it is', async () => {
  const mounted = await mountQueue();
  await userEvent.type(mounted.find('textarea'), 'next');
  await vi.waitFor(() => {
    mounted.find('[data-does=queue]').click();
  });
  await mounted.rendered();
  expect(mounted.chat.calls).toEqual(['queue next']);
  expect([mounted.has('[data-does=queue]'), mounted.has('[data-does=stop]')]).toEqual([false, true]);
  expect(mounted.focused()).toBe(mounted.find('textarea'));
});

test('an edited message returns to the field, before what was typed since', async () => {
  const mounted = await mountQueue('one', 'two');
  await userEvent.type(mounted.find('textarea'), 'more');
  button(mounted, 'Edit: one').click();
  await mounted.rendered();
  expect([mounted.tag('textarea').value, mounted.chat.draft]).toEqual(['one\nmore', 'one\nmore']);
  expect([listed(mounted), mounted.focused()]).toEqual([['two'], mounted.find('textarea')]);
});

test('a removed message is gone, and the focus is in the field', async () => {
  const mounted = await mountQueue('one', 'two');
  button(mounted, 'Remove: two').click();
  await mounted.rendered();
  expect([listed(mounted), mounted.tag('textarea').value]).toEqual([['one'], '']);
  expect(mounted.focused()).toBe(mounted.find('textarea'));
});

test('only the first message can be sent now, which stops the answer', async () => {
  const mounted = await mountQueue('one', 'two');
  expect(mounted.has('[aria-label="Stop the answer and send now: two"]')).toBe(false);
  button(mounted, 'Stop the answer and send now: one').click();
  expect(mounted.chat.calls).toEqual(['stop']);
});

test('the keyboard reaches every action of a message, in order', async () => {
  const mounted = await mountQueue('one');
  button(mounted, 'Stop the answer and send now: one').focus();
  await userEvent.keyboard('{Tab}');
  expect(mounted.focused()).toBe(button(mounted, 'Edit: one'));
  await userEvent.keyboard('{Tab}');
  expect(mounted.focused()).toBe(button(mounted, 'Remove: one'));
  await userEvent.keyboard('{Enter}');
  await mounted.rendered();
  expect([listed(mounted), mounted.focused()]).toEqual([[], mounted.find('textarea')]);
});

test('a message that is sent while one of its buttons has the focus leaves the focus in the field', async () => {
  const mounted = await mountQueue('one', 'two');
  button(mounted, 'Remove: one').focus();
  mounted.chat.set({ queued: mounted.chat.snapshot.queued.slice(1) });
  await mounted.rendered();
  expect([listed(mounted), mounted.focused()]).toEqual([['two'], mounted.find('textarea')]);
});

test('the eleventh message stays in the field', async () => {
  const mounted = await mountQueue(...Array.from({ length: 10 }, (_, index) => `${index}`));
  await userEvent.type(mounted.find('textarea'), 'more');
  press(mounted.find('textarea'), 'Enter');
  await mounted.rendered();
  expect([mounted.chat.calls, mounted.tag('textarea').value]).toEqual([[], 'more']);
  expect(mounted.find('[data-does=queue]').getAttribute('aria-disabled')).toBe('true');
});

test('a message of files is named by them, and can only be removed where nothing can be attached', async () => {
  const mounted = await mountQueue();
  const file = { type: 'file', fileId: 'f1', name: 'a.txt', mediaType: 'text/plain', sizeBytes: 4 } as const;
  mounted.chat.queue([file]);
  await vi.waitFor(() => {
    expect(listed(mounted)).toEqual(['a.txt']);
  });
  expect(mounted.has('.queue [aria-label^=Edit]')).toBe(false);
});

test('the files of an edited message are attached again, with their size', async () => {
  const mounted = await mountQueue();
  mounted.element.configure({ attachments: { isEnabled: true } });
  mounted.chat.queue([
    { type: 'text', text: 'See' },
    { type: 'file', fileId: 'f1', name: 'a.txt', mediaType: 'text/plain', sizeBytes: 4 },
  ]);
  await vi.waitFor(() => {
    button(mounted, 'Edit: See').click();
  });
  await mounted.rendered();
  expect(mounted.tag('textarea').value).toBe('See');
  expect(mounted.find('.attached-file').textContent).toContain('4 bytes');
});

test('the list has no accessibility violation', async () => {
  const mounted = await mountQueue('one', 'a longer one '.repeat(20));
  await userEvent.type(mounted.find('textarea'), 'next');
  await mounted.rendered();
  expect(await audit(mounted.element)).toEqual([]);
});
