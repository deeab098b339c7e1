import { expect, test, vi } from 'vitest';
import { mountClosed, mountOpen } from '../ui/testing/mount.ts';
import { mergeOptions } from './options.ts';

test('options merge group by group, and undefined gives a default back', () => {
  const before = mergeOptions(
    {},
    { header: { title: 'Harbour' }, start: { prompts: ['One'], detail: 'Two' } },
  );
  const after = mergeOptions(before, {
    start: { prompts: ['Three'], detail: undefined },
    history: undefined,
  });
  expect(after).toEqual({ header: { title: 'Harbour' }, start: { prompts: ['Three'] } });
  expect(before.start).toEqual({ prompts: ['One'], detail: 'Two' });
});

test('a key that would reach the prototype of every object stays a key', () => {
  mergeOptions(
    {},
    JSON.parse('{"__proto__":{"isPolluted":true},"header":{"__proto__":{"isPolluted":true}}}') as object,
  );
  expect({}).not.toHaveProperty('isPolluted');
});

test('what is also an attribute is set there, and goes with undefined', () => {
  const { element } = mountClosed();
  element.configure({
    connection: { site: 'shop' },
    theme: { scheme: 'dark' },
    launcher: { position: 'start' },
  });
  expect([element.site, element.theme, element.position]).toEqual(['shop', 'dark', 'start']);
  element.configure({ theme: { scheme: undefined } });
  expect([element.hasAttribute('theme'), element.getAttribute('site')]).toEqual([false, 'shop']);
});

test('tokens of the theme become custom properties of the element', () => {
  const { element } = mountClosed();
  element.configure({ theme: { tokens: { accent: 'rgb(1, 2, 3)' } } });
  expect(getComputedStyle(element).getPropertyValue('--rivulet-accent')).toBe('rgb(1, 2, 3)');
});

test('the options of the header, the start and the composer are the texts of the panel', async () => {
  const { element, find, rendered } = await mountOpen();
  element.options = {
    header: { title: 'Harbour' },
    start: { greeting: 'Ahoy', prompts: ['Which ship?'] },
    composer: { placeholder: 'Ask' },
  };
  await rendered();
  expect(find('.title').textContent).toBe('Harbour');
  expect(find('.content').textContent).toContain('Ahoy');
  expect(find('.content').textContent).toContain('Which ship?');
  expect(find('textarea').getAttribute('placeholder')).toBe('Ask');
});

test('the site’s own button opens the panel, says so, and gets the focus back', async () => {
  const own = document.createElement('button');
  own.id = 'help';
  document.body.append(own);
  const { element, find } = await mountOpen();
  element.close();
  element.configure({ launcher: { element: '#help' } });
  expect(getComputedStyle(find('.launcher')).display).toBe('none');
  own.click();
  expect([element.isOpen, own.getAttribute('aria-expanded')]).toEqual([true, 'true']);
  await vi.waitFor(() => {
    expect(document.activeElement).toBe(element);
  });
  element.close();
  expect(document.activeElement).toBe(own);
  own.remove();
});

test('a button of the site is let go of when the element leaves', async () => {
  const own = document.createElement('button');
  document.body.append(own);
  const { element } = mountClosed();
  element.configure({ launcher: { element: own } });
  element.remove();
  await new Promise((resolve) => setTimeout(resolve));
  own.click();
  expect(element.isOpen).toBe(false);
  own.remove();
});
