import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, press, unmountAll, type Mounted } from '../testing/mount.ts';

beforeEach(() => page.viewport(1000, 700));
afterEach(unmountAll);

const LONG = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join('\n\n');

const STATES = {
  empty: {},
  waiting: { messages: [userMessage('question1', 'Why?')], isAnswering: true },
  streaming: {
    messages: [userMessage('question1', 'Why?'), answer('answer01', 'Because')],
    isAnswering: true,
  },
  answered: { messages: [userMessage('question1', 'Why?'), answer('answer01', LONG, { reason: 'stop' })] },
  stopped: { messages: [answer('answer01', 'Because', { reason: 'aborted' })] },
  failed: {
    messages: [
      answer('answer01', '', {
        reason: 'error',
        error: { code: 'upstream-failed', message: '', retry: 'new' },
      }),
    ],
  },
  parts: {
    messages: [
      answer(
        'answer01',
        [
          { type: 'reasoning', text: 'Let me see.' },
          { type: 'tool', callId: '1', name: 'search_docs', state: 'finished', inputText: '' },
          { type: 'text', text: 'Here.' },
          { type: 'file', fileId: 'f', name: 'plan.pdf', mediaType: 'application/pdf', sizeBytes: 12_000 },
          { type: 'source', sourceId: 's', title: 'Guide', url: 'https://example.com/' },
        ],
        { reason: 'stop' },
      ),
    ],
  },
} as const;

for (const [name, { messages, isAnswering }] of Object.entries<{
  messages?: readonly ReturnType<typeof answer>[];
  isAnswering?: boolean;
}>(STATES))
  for (const theme of ['light', 'dark'])
    test(`the transcript has no accessibility violation: ${name}, ${theme}`, async () => {
      const { element, chat, rendered } = await mountOpen({ theme });
      chat.set({ isAnswering: isAnswering ?? false });
      chat.setMessages([...(messages ?? [])]);
      await rendered();
      // Contrast measured during a transition would be that of an intermediate colour.
      for (const animation of document.getAnimations())
        if (animation instanceof CSSTransition) animation.finish();
      expect(await audit(element)).toEqual([]);
    });

test('a prompt of the empty state can be sent with the keyboard', async () => {
  const { chat, find } = await mountOpen();
  find('.prompt').focus();
  find('.prompt').click();
  expect(chat.calls).toEqual(['send What can you help me with?']);
});

test('only the changed message is rendered again', async () => {
  const { chat, find, rendered, tag } = await mountOpen();
  const first = userMessage('question1', 'Why?');
  chat.setMessages([first, answer('answer01', 'Because')]);
  await rendered();
  const render = vi.spyOn(tag('rivulet-message'), 'render');
  chat.setMessages([first, answer('answer01', 'Because it is')]);
  await rendered();
  expect(render).not.toHaveBeenCalled();
  expect(find('.markdown').textContent).toBe('Because it is');
});

test('a message keeps its element when it is accepted', async () => {
  const { chat, find, rendered } = await mountOpen();
  const pending = {
    messageId: messageId('waiting1'),
    parts: [{ type: 'text' as const, text: 'Hi' }],
    createdAtMs: 0,
  };
  chat.set({ pending: [{ ...pending, state: 'waiting' }] });
  await rendered();
  const element = find('rivulet-message');
  expect(find('.pending').textContent).toContain('Waiting for the connection');
  chat.set({ pending: [] });
  chat.setMessages([userMessage('waiting1', 'Hi')]);
  await rendered();
  expect(find('rivulet-message')).toBe(element);
});

test('a failed answer explains the failure and offers a retry', async () => {
  const { chat, find, rendered } = await mountOpen();
  chat.setMessages([...STATES.failed.messages]);
  await rendered();
  expect(find('.end').textContent).toContain('The assistant cannot be reached right now.');
  find('.end .link-button').click();
  expect(chat.calls).toEqual(['retry m_answer01']);
});

test.each([
  ['fails', { reason: 'error', error: { code: 'upstream-empty', message: '', retry: 'new' } }],
  ['was stored as a success', { reason: 'stop' }],
] as const)('an empty answer that %s says so and offers a retry (W37)', async (_how, end) => {
  const { chat, find, rendered } = await mountOpen();
  chat.setMessages([answer('answer01', '', end)]);
  await rendered();
  expect(find('.end').textContent).toContain('The answer came back empty.');
  find('.end .link-button').click();
  expect(chat.calls).toEqual(['retry m_answer01']);
});

test('a rejected message can be sent again or discarded', async () => {
  const { chat, element, rendered } = await mountOpen();
  const error = { code: 'rate-limited', message: '', retry: 'after' } as const;
  chat.set({
    pending: [{ messageId: messageId('refused1'), parts: [], createdAtMs: 0, state: 'failed', error }],
  });
  await rendered();
  for (const button of element.shadowRoot?.querySelectorAll<HTMLElement>('.end .link-button') ?? [])
    button.click();
  expect(chat.calls).toEqual(['retry m_refused1', 'discard m_refused1']);
});

test('of two answers to one question the newer one is shown', async () => {
  const { chat, element, rendered } = await mountOpen();
  const parentId = messageId('question1');
  const old = answer('answer01', 'Old', { reason: 'stop', parentId });
  chat.setMessages([
    userMessage('question1', 'Why?'),
    old,
    answer('answer02', 'New', { reason: 'stop', parentId }),
  ]);
  await rendered();
  expect(
    [...(element.shadowRoot?.querySelectorAll('.markdown') ?? [])].map((node) => node.textContent),
  ).toEqual(['New']);
});

test('on a phone the panel fills the screen and the page behind does not scroll', async () => {
  document.documentElement.style.setProperty('overflow', 'clip');
  await page.viewport(360, 640);
  const { element, find, rendered } = await mountOpen();
  await rendered();
  expect(find('.panel').getBoundingClientRect()).toMatchObject({ x: 0, y: 0, width: 360, height: 640 });
  // The sheet is loaded on phones only.
  await expect.poll(() => document.documentElement.style.overflow).toBe('hidden');
  press(find('textarea'), 'Escape');
  expect(element.isOpen).toBe(false);
  expect(document.documentElement.style.overflow).toBe('clip');
  document.documentElement.style.removeProperty('overflow');
});

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => answer(`number${1000 + index}`, 'x', { reason: 'stop' }));
const sizesIn = ({ element }: Pick<Mounted, 'element'>) =>
  [...(element.shadowRoot?.querySelectorAll('.group') ?? [])].map(({ children }) => children.length);

test('5,000 messages are kept in groups of 50, and a delta changes one group', async () => {
  const { chat, element } = await mountOpen();
  chat.setMessages(many(120));
  await expect.poll(() => sizesIn({ element })).toEqual([50, 50, 20]);
  const groups = [...(element.shadowRoot?.querySelectorAll('.group') ?? [])];
  expect(groups.map((group) => group.hasAttribute('data-settled'))).toEqual([true, true, false]);
});

test('a long conversation shows its end at once; the rest is rendered later without moving it', async () => {
  const mounted = await mountOpen();
  const { chat, find, rendered } = mounted;
  const beforeEndPx = () =>
    find('.content').offsetHeight - find('.scroller').scrollTop - find('.scroller').clientHeight;
  chat.set({ isAnswering: true });
  chat.setMessages([userMessage('question01', 'Why?'), ...many(269)]);
  await rendered();
  expect(sizesIn(mounted)).toEqual([0, 0, 0, 0, 50, 20]);
  expect(beforeEndPx()).toBeLessThan(1);
  chat.set({ isAnswering: false });
  await expect.poll(() => sizesIn(mounted)).toEqual([50, 50, 50, 50, 50, 20]);
  await rendered();
  expect(beforeEndPx()).toBeLessThan(1);
});

test('a group that is scrolled into view is rendered while an answer streams', async () => {
  const mounted = await mountOpen();
  mounted.chat.set({ isAnswering: true });
  mounted.chat.setMessages(many(270));
  await mounted.rendered();
  mounted.find('.scroller').scrollTop = 0;
  await expect.poll(() => sizesIn(mounted)).toEqual([50, 0, 0, 0, 50, 20]);
});

test('a site can choose to follow the end, or not to scroll at all, when a message is sent', async () => {
  const { element, chat, find, rendered } = await mountOpen();
  const messages = Array.from({ length: 30 }, (_, index) =>
    answer(`number${1000 + index}`, 'x', { reason: 'stop' }),
  );
  element.configure({ messages: { scrolling: 'none' } });
  chat.setMessages(messages);
  await rendered();
  find('.scroller').scrollTop = 0;
  chat.setMessages([...messages, userMessage('question01', 'And now?')]);
  await rendered();
  expect(find('.scroller').scrollTop).toBe(0);
  element.configure({ messages: { scrolling: 'follow' } });
  chat.setMessages([
    ...messages,
    userMessage('question01', 'And now?'),
    userMessage('question02', 'And then?'),
  ]);
  await expect
    .poll(() => find('.scroller').scrollTop + find('.scroller').clientHeight - find('.content').offsetHeight)
    .toBeGreaterThanOrEqual(-1);
});

test('an image of an allowed origin is loaded, and a formula is rendered if the site enables math', async () => {
  const { element, chat, has, rendered } = await mountOpen();
  const text = '![A chart](https://images.example.com/chart.png) and $x^2$';
  chat.setMessages([answer('answer0001', text, { reason: 'stop' })]);
  await rendered();
  expect([has('img'), has('math')]).toEqual([false, false]);
  element.configure({ messages: { hasMath: true, imageOrigins: ['https://images.example.com'] } });
  await expect.poll(() => [has('img'), has('math')]).toEqual([true, true]);
});
