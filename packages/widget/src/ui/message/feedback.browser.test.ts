import { ChatError, type Message } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { OptionsChange } from '../../shell/options.ts';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { announced } from '../testing/rich-scenes.ts';

afterEach(unmountAll);

const ANSWER = answer('answer01', 'Because.', { reason: 'stop' });
async function answered(message: Message = ANSWER, options: OptionsChange = {}): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.element.configure(options);
  mounted.chat.setMessages([userMessage('question', 'Why?'), message]);
  await mounted.rendered();
  return mounted;
}
const pressed = ({ find }: Mounted) =>
  ['up', 'down'].map((value) => find(`[data-value=${value}]`).getAttribute('aria-pressed'));

test('a rating is given with the keyboard, announced, and withdrawn with the same key', async () => {
  const mounted = await answered();
  mounted.find('[data-value=up]').focus();
  await userEvent.keyboard('{Enter}');
  await mounted.rendered();
  expect(pressed(mounted)).toEqual(['true', 'false']);
  expect(announced(mounted)).toBe('Thank you for your feedback.');
  await userEvent.keyboard('{Enter}');
  await mounted.rendered();
  expect(mounted.chat.calls).toEqual(['feedback m_answer01 up', 'feedback m_answer01 null']);
  expect(pressed(mounted)).toEqual(['false', 'false']);
  expect(mounted.has('.feedback-form')).toBe(false);
});

test('a comment can follow, Escape closes only its form, and the form has no accessibility violation', async () => {
  const mounted = await answered();
  mounted.find('[data-value=down]').click();
  await mounted.rendered();
  expect(await audit(mounted.element)).toEqual([]);
  await userEvent.fill(mounted.find('.feedback-form textarea'), ' Too short. ');
  mounted.find('.feedback-form [type=submit]').click();
  await mounted.rendered();
  expect(mounted.chat.calls.at(-1)).toBe('feedback m_answer01 down Too short.');
  expect(mounted.focused()).toBe(mounted.find('[data-value=down]'));
  mounted.find('[data-value=up]').click();
  await mounted.rendered();
  mounted.find('.feedback-form textarea').focus();
  await userEvent.keyboard('{Escape}');
  await mounted.rendered();
  expect([mounted.has('.feedback-form'), mounted.element.isOpen]).toEqual([false, true]);
});

test('the form of the last message is scrolled into view', async () => {
  const text = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join('\n\n');
  const mounted = await answered(answer('answer01', text, { reason: 'stop' }));
  mounted.find('.scroller').scrollTop = 1e6;
  mounted.find('[data-value=down]').click();
  await mounted.rendered();
  const [form, list] = ['.feedback-form', '.scroller'].map((one) =>
    mounted.find(one).getBoundingClientRect(),
  );
  expect(form?.bottom).toBeLessThanOrEqual(list?.bottom ?? 0);
});

test('the stored rating is shown, and a rejected one is reverted', async () => {
  const mounted = await answered({ ...ANSWER, feedback: { value: 'down' } });
  expect(pressed(mounted)).toEqual(['false', 'true']);
  vi.spyOn(mounted.chat, 'sendFeedback').mockRejectedValue(new ChatError('not-found'));
  mounted.find('[data-value=up]').click();
  await vi.waitFor(() => {
    expect(pressed(mounted)).toEqual(['false', 'true']);
  });
});

test('a site without feedback has no thumbs', async () => {
  const mounted = await answered(ANSWER, { messages: { actions: ['copy'] } });
  expect(mounted.has('.thumb')).toBe(false);
});
