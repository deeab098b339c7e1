/** The playground's list of languages against the widget's own. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { directionOf as directionInWidget } from '../../../packages/widget/src/ui/i18n/language-of.ts';
import { LANGUAGES } from '../../../packages/widget/src/ui/i18n/languages.ts';
import { directionOf, LOCALES, nameOf } from './locales.ts';

it('offers every language that the widget speaks, and no other', () => {
  expect([...LOCALES].sort()).toEqual(['en', ...Object.keys(LANGUAGES)].sort());
});

it('offers a language for each file of words', () => {
  const folder = new URL('../../../packages/widget/src/ui/i18n/core/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^[a-z]{2}(-[A-Z]{2})?\.ts$/.test(name));
  expect(files.map((name) => name.replace('.ts', '')).sort()).toEqual([...LOCALES].sort());
});

it.each(LOCALES)('writes %s in the direction in which the widget does', (locale) => {
  expect(directionOf(locale)).toBe(directionInWidget(locale));
});

it('names each language in its own words', () => {
  expect(nameOf('de')).toBe('Deutsch');
  expect(nameOf('he')).toBe('עברית');
  expect(new Set(LOCALES.map(nameOf)).size).toBe(LOCALES.length);
});
