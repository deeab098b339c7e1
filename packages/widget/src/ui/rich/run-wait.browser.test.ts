import type { Message, Run } from '@rivulet/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { answer } from '../testing/fake-chat.ts';
import { audit, unmountAll } from '../testing/mount.ts';
import { QUESTION, show } from '../testing/rich-scenes.ts';

afterEach(unmountAll);

function waiting(why: Run['waiting'], text = ''): Message {
  const message = answer('answer01', text === '' ? [] : text);
  return { ...message, run: { ...message.run, ...(why === undefined ? {} : { waiting: why }) } as Run };
}
const lineIn = (element: Element) => element.shadowRoot?.querySelector('[role=status].answer-notice');

describe('an answer that waits', () => {
  test.each([
    ['queue', 'There are many questions at the moment. The answer comes in turn.'],
    ['retry', 'The model did not respond. It is being asked again.'],
  ] as const)('says so calmly: %s', async (why, words) => {
    const { element } = await show([QUESTION, waiting(why)]);
    await expect.poll(() => lineIn(element)?.textContent.trim()).toBe(words);
    expect(element.shadowRoot?.querySelector('.dots')).not.toBeNull();
    expect(await audit(element)).toEqual([]);
  });

  test('says so also after a round of tools, and no longer when it goes on', async () => {
    const mounted = await show([QUESTION, waiting('queue', 'I will look it up.')]);
    await expect.poll(() => lineIn(mounted.element)).not.toBeNull();
    mounted.chat.setMessages([QUESTION, waiting(undefined, 'I will look it up.')]);
    await mounted.rendered();
    expect(lineIn(mounted.element)).toBeNull();
  });
});
