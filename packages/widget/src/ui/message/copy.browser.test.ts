import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { announced } from '../testing/rich-scenes.ts';

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
});

const TEXT = 'Run this:\n\n```\nls\n```';

/** A page over plain http has no `navigator.clipboard`. */
async function mountOverHttp(): Promise<Mounted> {
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as unknown as Clipboard);
  const mounted = await mountOpen();
  mounted.chat.setMessages([userMessage('question', 'How?'), answer('answer01', TEXT, { reason: 'stop' })]);
  await mounted.rendered();
  return mounted;
}
/** The texts that reach the clipboard. */
function copiedTexts(): string[] {
  const texts: string[] = [];
  const onCopy = (event: Event) => {
    const [field] = event.composedPath();
    if (field instanceof HTMLTextAreaElement) texts.push(field.value);
  };
  document.addEventListener('copy', onCopy, { once: true });
  return texts;
}

test.each([
  ['the answer', '[aria-label=Copy]', TEXT],
  ['a code block', '.code-copy', 'ls'],
])(
  'over plain http, %s is copied from a field, and the button keeps the focus (W40)',
  async (_, button, text) => {
    const mounted = await mountOverHttp();
    const texts = copiedTexts();
    await userEvent.click(mounted.find(button));
    expect(texts.map((one) => one.trim())).toEqual([text]);
    await mounted.rendered();
    expect(mounted.find('.is-copied').getAttribute('aria-label')).toMatch(/^Cop/);
    expect(mounted.focused()).toBe(mounted.find('.is-copied'));
  },
);

test('a browser that allows no copying is told of on the button and to screen readers (W40)', async () => {
  const mounted = await mountOverHttp();
  vi.spyOn(document, 'execCommand').mockReturnValue(false);
  mounted.find('.code-copy').click();
  await expect.poll(() => mounted.find('.code-copy').textContent).toBe('Could not copy');
  mounted.find('[aria-label=Copy]').click();
  await expect.poll(() => mounted.has('[aria-label="Could not copy"]')).toBe(true);
  expect(announced(mounted)).toBe('Could not copy');
});

/** What a text field gets of an answer that is selected and copied. */
async function pastedOf(text: string): Promise<string> {
  const mounted = await mountOpen();
  mounted.chat.setMessages([userMessage('question', 'How?'), answer('answer01', text, { reason: 'stop' })]);
  await mounted.rendered();
  const field = document.body.appendChild(document.createElement('textarea'));
  getSelection()?.selectAllChildren(mounted.find('.markdown'));
  await userEvent.copy();
  field.focus();
  await userEvent.paste();
  field.remove();
  return field.value.trim();
}

test('an answer that is selected and copied is clean text (W38)', async () => {
  const pasted = await pastedOf('- one\n- two\n\nSo:\n\n```js\nlet a;\nlet b;\n```\n\n1. x\n2. y');
  expect(pasted).toBe('one\ntwo\nSo:\n\nlet a;\nlet b;\nx\ny');
});
