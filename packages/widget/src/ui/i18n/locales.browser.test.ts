import { afterEach, beforeEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountClosed, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { en } from './core/en.ts';
import { LANGUAGES } from './languages.ts';

beforeEach(() => page.viewport(360, 740));
afterEach(() => {
  unmountAll();
  document.documentElement.removeAttribute('dir');
});

/** Selectors of elements whose content is wider than they are. */
function overflowing({ element }: Mounted): string[] {
  const places = element.shadowRoot?.querySelectorAll(
    '.panel, .header, .title, .status, .line, .empty, .prompt, .composer, .field, .content, .body, .actions, .end, button',
  );
  return [...(places ?? [])]
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
    .map(({ className, scrollWidth, clientWidth }) => `${className}: ${scrollWidth} > ${clientWidth}`);
}

/** Whether the placeholder fits: it is cut off instead of overflowing. */
function placeholderFits(field: HTMLTextAreaElement): boolean {
  const { font, paddingLeft, paddingRight } = getComputedStyle(field);
  const pen = document.createElement('canvas').getContext('2d');
  if (pen === null) throw new Error('no canvas');
  pen.font = font;
  const room = field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  return pen.measureText(field.placeholder).width <= room;
}

for (const [language, load] of Object.entries({ en: () => Promise.resolve(en), ...LANGUAGES })) {
  const openIn = async (): Promise<Mounted> => {
    const mounted = await mountOpen({ locale: language });
    const { placeholder } = await load();
    // Without waiting: no other language is rendered first.
    expect(mounted.find('textarea').getAttribute('placeholder')).toBe(placeholder);
    return mounted;
  };

  test(`the panel speaks ${language}, says so, is written its way, and fits a phone`, async () => {
    const mounted = await openIn();
    const field = mounted.find('textarea');
    if (!(field instanceof HTMLTextAreaElement)) throw new Error('no textarea');
    expect(mounted.find('.panel').getAttribute('lang')).toBe(language);
    const isRtl = language === 'ar' || language === 'he';
    expect(getComputedStyle(mounted.find('.panel')).direction).toBe(isRtl ? 'rtl' : 'ltr');
    expect(placeholderFits(field)).toBe(true);
    expect(overflowing(mounted)).toEqual([]);
  });

  test(`a conversation in ${language} with all that can go wrong fits a phone`, async () => {
    const mounted = await openIn();
    const error = { code: 'busy', message: '', retry: 'new' } as const;
    mounted.chat.set({ status: 'offline', isAnswering: true });
    mounted.chat.setMessages([
      userMessage('question1', 'Why?'),
      answer('answer01', 'Because', { reason: 'error', error }),
    ]);
    await mounted.rendered();
    expect(overflowing(mounted)).toEqual([]);
  });
}

test('a widget that is removed while its language loads is not rendered any more', async () => {
  const { element, has } = mountClosed({ locale: 'nl' });
  element.open();
  element.remove();
  await expect(element.stop()).rejects.toThrow('could not be loaded');
  expect(has('rivulet-app')).toBe(false);
});

test('an empty field has the direction of the panel, and its text the direction of its first letter', async () => {
  const { find, tag, rendered } = await mountOpen({ locale: 'he' });
  expect(getComputedStyle(find('textarea')).direction).toBe('rtl');
  tag('rivulet-composer').text = 'Hello';
  await rendered();
  expect(getComputedStyle(find('textarea')).direction).toBe('ltr');
});

for (const pageDirection of ['ltr', 'rtl'])
  for (const locale of ['ar', 'de'])
    for (const position of ['start', 'end'])
      test(`the panel in ${locale} stays with its launcher at the ${position} of a page written ${pageDirection}`, async () => {
        await page.viewport(1280, 740);
        document.documentElement.dir = pageDirection;
        const { find } = await mountOpen({ locale, position });
        const sideOf = (selector: string) => {
          const { left, right } = find(selector).getBoundingClientRect();
          return left + right < innerWidth ? 'left' : 'right';
        };
        expect(sideOf('.launcher')).toBe(
          (pageDirection === 'ltr') === (position === 'end') ? 'right' : 'left',
        );
        expect(sideOf('.panel')).toBe(sideOf('.launcher'));
      });
