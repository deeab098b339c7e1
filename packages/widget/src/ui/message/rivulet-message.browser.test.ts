import { ChatError, type Message } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, press, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(unmountAll);

const QUESTION = userMessage('question', 'Why?');
const version = (number: number): Message =>
  answer(`answer0${number}`, `Version ${number}`, { reason: 'stop', parentId: QUESTION.id });

/** Mounts an online chat with these messages. */
async function mountWith(messages: Message[], attributes = {}): Promise<Mounted> {
  const mounted = await mountOpen(attributes);
  mounted.chat.setMessages(messages);
  await mounted.rendered();
  return mounted;
}
const answered = () => mountWith([QUESTION, version(1), version(2), version(3)]);
const edited = async (): Promise<Mounted> => {
  const mounted = await mountWith([QUESTION, version(1)]);
  mounted.find('.edit').focus();
  mounted.find('.edit').click();
  await mounted.rendered();
  return mounted;
};

for (const theme of ['light', 'dark'])
  test(`versions, the editor and the days have no accessibility violation: ${theme}`, async () => {
    const yesterday = { ...QUESTION, createdAtMs: -86_400_000 };
    const { element, find, has, rendered } = await mountWith([yesterday, version(1), version(2)], { theme });
    expect(has('.day')).toBe(true);
    for (const animation of document.getAnimations())
      if (animation instanceof CSSTransition) animation.finish();
    expect(await audit(element)).toEqual([]);
    find('.edit').click();
    await rendered();
    expect(await audit(element)).toEqual([]);
  });

test('the versions of an answer can be switched with the keyboard: the focus stays and the position is announced', async () => {
  const { clock, find, focused, rendered } = await answered();
  find('.previous').focus();
  await userEvent.keyboard('{Enter}');
  await rendered();
  expect(find('.markdown').textContent).toBe('Version 2');
  expect(find('.versions > div').getAttribute('aria-label')).toBe('2 of 3');
  expect(focused()).toBe(find('.previous'));
  clock.advance(250);
  expect(document.querySelector('[aria-live=polite]')?.textContent).toBe('2 of 3');
});

test('at the first and last version the button keeps the focus and does nothing', async () => {
  const { find, focused, rendered } = await answered();
  find('.next').focus();
  find('.next').click();
  await rendered();
  expect(find('.next').getAttribute('aria-disabled')).toBe('true');
  expect(find('.markdown').textContent).toBe('Version 3');
  expect(focused()).toBe(find('.next'));
});

test('a sent message follows the shown version; the newest needs no parent id', async () => {
  const { chat, element, find, rendered } = await answered();
  find('.previous').click();
  await rendered();
  await element.sendMessage('by the page');
  expect(chat.calls).toEqual(['send by the page after m_answer02']);
  await rendered();
  await userEvent.type(find('textarea'), 'as always');
  chat.set({ isAnswering: false });
  await rendered();
  await userEvent.type(find('textarea'), '{Enter}');
  expect(chat.calls.at(-1)).toBe('send as always');
});

test('a new answer is shown, whichever version was selected', async () => {
  const { chat, find, rendered } = await answered();
  find('.previous').click();
  await rendered();
  chat.setMessages([...chat.snapshot.conversation.messages, version(4)]);
  await rendered();
  expect(find('.markdown').textContent).toBe('Version 4');
  expect(find('.versions').textContent).toContain('4/4');
});

test('the versions of a failed answer without text can still be reached', async () => {
  const failed = answer('answer09', '', { reason: 'error', parentId: QUESTION.id });
  const { find, rendered } = await mountWith([QUESTION, version(1), failed]);
  find('.previous').click();
  await rendered();
  expect(find('.markdown').textContent).toBe('Version 1');
});

test('a message is edited in place with the keyboard: Enter saves, and the focus returns', async () => {
  const { chat, find, focused, has, rendered } = await edited();
  expect(focused()).toBe(find('rivulet-editor textarea'));
  await userEvent.keyboard('{ArrowRight} And how?{Shift>}{Enter}{/Shift}Tell me.{Enter}');
  await rendered();
  expect(chat.calls).toEqual(['edit m_question Why? And how?\nTell me.']);
  expect(has('rivulet-editor')).toBe(false);
  expect(focused()).toBe(find('.edit'));
});

test('Escape cancels the edit and reaches neither the panel nor a surrounding dialog', async () => {
  const { chat, element, find, focused, rendered } = await edited();
  await userEvent.keyboard('x');
  const onKeydown = vi.fn();
  element.addEventListener('keydown', onKeydown);
  press(find('rivulet-editor textarea'), 'Escape');
  await rendered();
  expect(onKeydown).not.toHaveBeenCalled();
  expect(find('.words').textContent).toBe('Why?');
  expect(chat.calls).toEqual([]);
  expect(element.isOpen).toBe(true);
  expect(focused()).toBe(find('.edit'));
});

test('Enter and Escape that end a composition neither save nor cancel', async () => {
  const { chat, find, has, rendered } = await edited();
  await userEvent.keyboard('にほん');
  press(find('rivulet-editor textarea'), 'Enter', { isComposing: true });
  press(find('rivulet-editor textarea'), 'Enter', { keyCode: 229 });
  press(find('rivulet-editor textarea'), 'Escape', { isComposing: true });
  await rendered();
  expect(chat.calls).toEqual([]);
  expect(has('rivulet-editor')).toBe(true);
});

test('an empty text cannot be saved, and an unchanged text makes no new version', async () => {
  const { chat, find, has, rendered, tag } = await edited();
  await userEvent.fill(tag('rivulet-editor').querySelector('textarea')!, ' ');
  await rendered();
  find('.editor-buttons [type=submit]').click();
  expect(find('.editor-buttons [type=submit]').getAttribute('aria-disabled')).toBe('true');
  expect(has('rivulet-editor')).toBe(true);
  await userEvent.fill(tag('rivulet-editor').querySelector('textarea')!, 'Why?');
  await userEvent.keyboard('{Enter}');
  await rendered();
  expect(chat.calls).toEqual([]);
  expect(has('rivulet-editor')).toBe(false);
});

test('a rejected edit keeps the text and explains why', async () => {
  const { chat, find, rendered, tag } = await edited();
  chat.rejection = new ChatError('content-blocked');
  await userEvent.keyboard('!{Enter}');
  await rendered();
  expect(find('rivulet-editor [role=alert]').textContent).toContain('cannot be answered here');
  expect(tag('rivulet-editor').querySelector('textarea')?.value).toContain('!');
});

test('while an answer streams, or while offline, the edit action explains why it has to wait', async () => {
  const { chat, clock, find, has, rendered } = await mountWith([QUESTION, version(1)]);
  for (const [state, words] of [
    [{ isAnswering: true }, 'You can edit as soon as the answer is finished.'],
    [{ isAnswering: false, status: 'offline' }, 'You can edit as soon as the connection is back.'],
  ] as const) {
    chat.set(state);
    await rendered();
    find('.edit').focus();
    await rendered();
    expect(find('.edit').getAttribute('aria-disabled')).toBe('true');
    expect(find('.edit').title).toBe(words);
    find('.edit').click();
    clock.advance(250);
    expect(document.querySelector('[aria-live=polite]')?.textContent).toContain(words);
    find('textarea').focus();
  }
  expect(has('rivulet-editor')).toBe(false);
});

test('nothing moves when the actions become visible: their space is reserved', async () => {
  const { find } = await mountWith([QUESTION, version(1)]);
  const top = () => find('.markdown').getBoundingClientRect().top;
  const before = top();
  find('.edit').focus();
  await vi.waitFor(() => {
    expect(getComputedStyle(find('.edit')).opacity).toBe('1');
  });
  expect(top()).toBe(before);
});

test('the site chooses the actions', async () => {
  const { element, has, rendered } = await mountWith([QUESTION, version(1)]);
  element.configure({ messages: { actions: ['copy'] } });
  await rendered();
  expect([has('.edit'), has('.again'), has('[aria-label=Copy]')]).toEqual([false, false, true]);
});

test('every message shows its time in the format of the locale', async () => {
  const atMs = new Date(2026, 10, 22, 14, 32).getTime();
  const { find } = await mountWith([{ ...QUESTION, createdAtMs: atMs }], { locale: 'de-DE' });
  const time = find('.actions time');
  expect(time.textContent).toBe('14:32');
  expect(time.title).toContain('Sonntag, 22. November 2026');
  expect(time.getAttribute('datetime')).toBe(new Date(atMs).toISOString());
});

test('a date separator stands between messages of different days, but not above a conversation of today', async () => {
  const on = (name: string, daysAgo: number, after?: string) => ({
    ...userMessage(name, name, after === undefined ? null : messageId(after)),
    createdAtMs: -daysAgo * 86_400_000,
  });
  const days = async (...messages: Message[]) => {
    const { element } = await mountWith(messages);
    return [...(element.shadowRoot?.querySelectorAll('.day') ?? [])].map((day) => day.textContent.trim());
  };
  expect(await days(on('first000', 0), on('second00', 0, 'first000'))).toEqual([]);
  expect(
    await days(
      on('first000', 40),
      on('second00', 1, 'first000'),
      on('third000', 1, 'second00'),
      on('fourth00', 0, 'third000'),
    ),
  ).toEqual([expect.stringContaining('November 22'), 'yesterday', 'today']);
});

test('an invalid locale falls back to that of the browser', async () => {
  const { find } = await mountWith([QUESTION], { locale: 'en_US' });
  expect(find('.actions time').textContent).toMatch(/\d/);
});

test.each(['aborted', 'interrupted', 'length', 'error', 'blocked'] as const)(
  'an answer that ends early is rendered as tidily as while it streamed: %s',
  async (reason) => {
    const { find } = await mountWith([
      QUESTION,
      answer('answer01', 'Two ways, and **both are **', { reason }),
    ]);
    expect([find('.markdown').textContent, find('strong').textContent]).toEqual([
      'Two ways, and both are',
      'both are',
    ]);
  },
);

test('a complete answer is rendered as plain Markdown, including unclosed syntax', async () => {
  const { find } = await mountWith([QUESTION, answer('answer01', '2 **3 = 8', { reason: 'stop' })]);
  expect(find('.markdown').textContent).toBe('2 **3 = 8');
});
