/** Pages that listen to everything, and a visitor who types, scrolls and clicks in the widget. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { mountClosed, mountOpen, press, unmountAll, type Mounted } from '../testing/mount.ts';

const listeners: AbortController[] = [];
afterEach(() => {
  for (const one of listeners.splice(0)) one.abort();
  unmountAll();
  document.querySelector('dialog, main')?.remove();
});

/** What listeners of the page hear, by phase and type. */
function hear(types: readonly string[], targets: readonly EventTarget[] = [document, window]): string[] {
  const heard: string[] = [];
  const controller = new AbortController();
  listeners.push(controller);
  for (const [place, target] of targets.entries())
    for (const type of types)
      for (const capture of [true, false])
        target.addEventListener(type, ({ type: name }) => heard.push(`${name} ${place} ${capture}`), {
          capture,
          signal: controller.signal,
        });
  return heard;
}
/** A page text field with the focus. */
function pageField(): HTMLInputElement {
  const main = document.createElement('main');
  const field = document.createElement('input');
  main.append(field);
  document.body.prepend(main);
  field.focus();
  return field;
}
/** Resolves when the guard, which is loaded on demand, is at work: the page does not hear the wheel any more. */
const guarded = ({ find }: Mounted) =>
  vi.waitFor(() => {
    const heard = hear(['wheel'], [document]);
    find('.panel').dispatchEvent(new Event('wheel', { bubbles: true, composed: true }));
    listeners.pop()?.abort();
    expect(heard).toEqual([]);
  });
async function open(attributes = {}): Promise<Mounted & { field: HTMLTextAreaElement }> {
  const mounted = await mountOpen(attributes);
  await guarded(mounted);
  const field = mounted.find('textarea') as HTMLTextAreaElement;
  field.focus();
  return { ...mounted, field };
}
const KEYS = ['keydown', 'keypress', 'keyup'];

beforeEach(() => {
  window.focus();
});

test('a key typed in the widget is text there, and no listener of the page hears it (W49)', async () => {
  const { field } = await open();
  const heard = hear([...KEYS, 'beforeinput', 'input']);
  await userEvent.keyboard('is a/b ok');
  expect(field.value).toBe('is a/b ok');
  expect(heard.filter((one) => !/input . true/.test(one))).toEqual([]);
});

test('a shortcut that looks at the target alone neither fires nor takes a letter (W49)', async () => {
  const { field } = await open();
  const fired = vi.fn((event: Event) => {
    event.preventDefault();
  });
  const { signal } = (listeners[listeners.length] = new AbortController());
  document.addEventListener('keydown', fired, { signal, capture: true });
  await userEvent.keyboard('s /');
  expect([field.value, fired.mock.calls]).toEqual(['s /', []]);
});

test('paste and composition end at the widget (W49)', async () => {
  const { field } = await open();
  const types = ['paste', 'compositionstart', 'compositionupdate', 'compositionend'];
  const heard = hear(types);
  for (const type of types) field.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  expect(heard.filter((one) => one.endsWith('false'))).toEqual([]);
});

test('the launcher is pressed with Space and Enter, which the page does not hear (W49)', async () => {
  const mounted = mountClosed();
  const { element, find } = mounted;
  await element.stop();
  await guarded(mounted);
  const heard = hear(KEYS, [document]);
  find('.launcher').focus();
  await userEvent.keyboard(' ');
  expect([element.isOpen, heard]).toEqual([true, []]);
});

test('the keys of the widget work, and its Escape does not reach the page (W49)', async () => {
  const { element, field } = await open();
  const heard = hear(KEYS);
  press(field, 'Escape');
  expect([element.isOpen, heard]).toEqual([false, []]);
});

test('Escape reaches the page when the widget has no use for it (W49)', async () => {
  const { field } = await open({ mode: 'inline' });
  const heard = hear(['keydown'], [document]);
  press(field, 'Escape');
  expect(heard).toEqual(['keydown 0 true', 'keydown 0 false']);
});

test('Tab is for the page only when its dialog is around the widget (W49, W52)', async () => {
  const { element, field } = await open({ mode: 'inline' });
  const heard = hear(['keydown'], [document]);
  press(field, 'Tab');
  expect(heard).toEqual([]);
  const dialog = document.createElement('dialog');
  document.body.append(dialog);
  dialog.append(element);
  press(field, 'Tab');
  expect(heard).toEqual(['keydown 0 true', 'keydown 0 false']);
});

test.each<[string, EventTarget, string, boolean]>([
  ['Bootstrap', document, 'focusin', false],
  ['focus-trap', document, 'focusin', true],
  ['a listener on the body', document.body, 'focus', true],
  ['a listener on the window', window, 'focus', true],
])(
  'a modal that pulls the focus back on %s leaves it in the widget (W52)',
  async (_, target, type, capture) => {
    const pageInput = pageField();
    const { field } = await open();
    const { signal } = (listeners[listeners.length] = new AbortController());
    target.addEventListener(
      type,
      () => {
        pageInput.focus();
      },
      { signal, capture },
    );
    pageInput.focus();
    await userEvent.click(field);
    await userEvent.keyboard('hi');
    expect([field.value, pageInput.value]).toEqual(['hi', '']);
  },
);

test('a modal that looks at where the focus goes does not learn that it goes to the widget (W52)', async () => {
  const pageInput = pageField();
  const { field } = await open();
  pageInput.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null) pageInput.focus();
  });
  pageInput.focus();
  await userEvent.click(field);
  await userEvent.keyboard('hi');
  expect([field.value, pageInput.value]).toEqual(['hi', '']);
});

test('a trap that stops every press outside of it stops none of the widget (W52)', async () => {
  const pageInput = pageField();
  const { element, field, find } = await open();
  const { signal } = (listeners[listeners.length] = new AbortController());
  for (const type of ['mousedown', 'click'])
    document.addEventListener(
      type,
      (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { signal, capture: true },
    );
  pageInput.focus();
  await userEvent.click(field);
  await userEvent.keyboard('hi');
  expect(field.value).toBe('hi');
  await userEvent.click(find('[data-opens=close]'));
  await vi.waitFor(() => {
    expect(element.isOpen).toBe(false);
  });
});

test('a click reaches the widget once, and the page as before (W52)', async () => {
  const { find, chat, field } = await open();
  const heard = hear(['click'], [document]);
  field.value = 'hello';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await userEvent.click(find('.send'));
  await new Promise((resolve) => setTimeout(resolve));
  expect(chat.calls.filter((call) => call.startsWith('send'))).toEqual(['send hello']);
  expect(heard).toEqual(['click 0 true', 'click 0 false']);
});

test('the wheel and a moving finger do not reach a smooth-scroll library (W55)', async () => {
  const { find } = await open();
  const types = ['wheel', 'mousewheel', 'touchmove'];
  const heard = hear(types);
  for (const type of types)
    find('.scroller').dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  expect(heard).toEqual([]);
});

test('what a page puts into the widget, and the rest of the page, stay with the page (W49)', async () => {
  const { element } = await open();
  const slotted = document.createElement('input');
  slotted.slot = 'header';
  element.append(slotted);
  const heard = hear(['keydown'], [document]);
  press(slotted, 'x');
  press(pageField(), 'x');
  expect(heard.length).toBe(4);
});

test('after remove() the page hears everything again (W49)', async () => {
  const { element, field } = await open();
  element.remove();
  await new Promise((resolve) => setTimeout(resolve));
  element.shadowRoot?.append(field);
  document.body.append(element);
  const heard = hear(['keydown'], [document]);
  press(field, 'x');
  expect(heard.length).toBe(2);
});
