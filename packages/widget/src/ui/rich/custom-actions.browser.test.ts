import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { CustomAction } from '../../shell/options.ts';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(unmountAll);

const QUESTION = userMessage('question', 'Why?');
const ANSWER = answer('answer01', 'Because.', { reason: 'stop' });
const star = (): Element => {
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  icon.setAttribute('class', 'star');
  return icon;
};

async function mountWith(customActions: CustomAction[], messages = [QUESTION, ANSWER]): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.element.configure({ messages: { customActions } });
  mounted.chat.setMessages(messages);
  await mounted.rendered();
  return mounted;
}

test('a custom action stands below each answer and receives its message, with the keyboard', async () => {
  const onAct = vi.fn();
  const mounted = await mountWith([{ name: 'save', label: 'Save as a note', onAct }]);
  const buttons = mounted.element.shadowRoot?.querySelectorAll('[data-name=save]');
  expect(buttons).toHaveLength(1);
  mounted.find('[data-name=save]').focus();
  await userEvent.keyboard('{Enter}');
  expect(onAct).toHaveBeenCalledExactlyOnceWith(ANSWER);
  expect(mounted.find('[data-name=save]').textContent.trim()).toBe('Save as a note');
  expect(await audit(mounted.element)).toEqual([]);
});

test('the icon of an action is copied below every message of its roles, and its label names it', async () => {
  const roles = ['user', 'assistant'] as const;
  const mounted = await mountWith([{ name: 'star', label: 'Star', icon: star(), roles, onAct: () => 1 }]);
  expect(mounted.element.shadowRoot?.querySelectorAll('.actions svg.star')).toHaveLength(2);
  expect(mounted.find('[data-name=star]').ariaLabel).toBe('Star');
  expect(await audit(mounted.element)).toEqual([]);
});

test('a streaming answer has no custom actions, and they change with the options', async () => {
  const mounted = await mountWith([{ name: 'one', label: 'One', onAct: () => 1 }]);
  mounted.element.configure({ messages: { customActions: [{ name: 'two', label: 'Two', onAct: () => 2 }] } });
  // The renderers are recreated a moment later.
  const shown = () => ['one', 'two'].map((name) => mounted.has(`[data-name=${name}]`));
  await expect.poll(shown).toEqual([false, true]);
  mounted.chat.setMessages([QUESTION, answer('answer02', 'Bec')]);
  await mounted.rendered();
  expect(mounted.has('[data-name=two]')).toBe(false);
});

test('the slot `empty` replaces the greeting until there is a message', async () => {
  const mounted = await mountOpen();
  const own = document.createElement('p');
  own.slot = 'empty';
  own.textContent = 'Ask the harbour master.';
  mounted.element.append(own);
  expect(own.checkVisibility()).toBe(true);
  expect(mounted.find('.greeting').checkVisibility()).toBe(false);
  mounted.chat.setMessages([QUESTION]);
  await mounted.rendered();
  expect(own.checkVisibility()).toBe(false);
});
