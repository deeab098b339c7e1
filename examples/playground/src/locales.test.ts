/** Compares the playground's list of languages with that of the widget. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { directionOf as directionInWidget } from '../../../packages/widget/src/ui/i18n/language-of.ts';
import { LANGUAGES } from '../../../packages/widget/src/ui/i18n/languages.ts';
import { directionOf, LOCALES, nameOf } from './locales.ts';

it('lists every language of the widget, and no other', () => {
  expect([...LOCALES].sort()).toEqual(['en', ...Object.keys(LANGUAGES)].sort());
});

it('lists a language for each file of translations', () => {
  const folder = new URL('../../../packages/widget/src/ui/i18n/core/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^[a-z]{2}(-[A-Z]{2})?\.ts$/.test(name));
  expect(files.map((name) => name.replace('.ts', '')).sort()).toEqual([...LOCALES].sort());
});

it.each(LOCALES)('has the same writing direction for %s as the widget', (locale) => {
  expect(directionOf(locale)).toBe(directionInWidget(locale));
});

it('names each language in that language', () => {
  expect(nameOf('de')).toBe('Deutsch');
  expect(nameOf('he')).toBe('עברית');
  expect(new Set(LOCALES.map(nameOf)).size).toBe(LOCALES.length);
});
