import { expect, test } from 'vitest';
import { findScript } from './find-script.ts';

function documentWith(...tags: Readonly<Record<string, string>>[]): Document {
  const page = document.implementation.createHTMLDocument();
  for (const attributes of tags) {
    const script = page.createElement('script');
    script.type = 'module'; // modules run later, so `currentScript` is null
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    page.body.append(script);
  }
  return page;
}
const found = (...tags: Readonly<Record<string, string>>[]) => findScript(documentWith(...tags))?.id;
const OTHER = { id: 'other', src: 'https://shop.test/rivulet-theme/main.js' };

test.each([
  'https://chat.example.com/rivulet.js',
  'https://chat.example.com/rivulet-0a1B_2c-.js',
  'https://shop.test/base/rivulet.js?v=2',
])('a module finds its tag by the name of the file: %s (W63)', (src) => {
  expect(found(OTHER, { id: 'own', src })).toBe('own');
});

test('a script that runs inline, later than its tag, finds the tag that names a gateway (W64)', () => {
  expect(found(OTHER, { id: 'own', 'data-gateway': 'https://chat.example.com' })).toBe('own');
});

test('without a tag of the loader nothing is found (W64)', () => {
  expect(findScript(documentWith(OTHER))).toBeNull();
});
