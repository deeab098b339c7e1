import { expect, test } from 'vitest';
import { endingOf, placesOf, typographyErrorsOf, textsOf } from '../testing/texts.ts';
import { en } from './core/en.ts';
import { errorsEn } from './core/errors-en.ts';
import { LANGUAGES } from './languages.ts';
import { richEn } from './rich/rich-en.ts';
import { RICH_LANGUAGES } from './rich-strings.ts';

/** Words that a language has in common with English. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  de: ['agent', 'statusOnline', 'statusOffline'],
  es: ['toolError', 'no'],
  fr: ['menu', 'title', 'assistant', 'composerLabel', 'transcript', 'image', 'sources'],
  it: ['menu', 'agent', 'statusOnline', 'statusOffline', 'no'],
  nl: ['menu', 'agent', 'statusOnline', 'statusOffline'],
  'pt-BR': ['menu', 'statusOnline', 'statusOffline'],
};

/** Plural forms differ between languages. */
const PLURALS = ['newMessages', 'charsLeft', 'charsOver'];
const isPlural = (path: string): boolean => PLURALS.some((name) => path.startsWith(`${name}.`));
const ENGLISH = textsOf({ ...en, ...richEn, errors: errorsEn });

test('all lists of texts have the same languages, and no key is in two lists', () => {
  expect(Object.keys(RICH_LANGUAGES).toSorted()).toEqual(Object.keys(LANGUAGES).toSorted());
  expect(Object.keys(en).filter((key) => key in richEn)).toEqual([]);
});

for (const language of Object.keys(LANGUAGES)) {
  const load = async () =>
    textsOf({ ...(await LANGUAGES[language]?.()), ...(await RICH_LANGUAGES[language]?.()) });
  const loadPlain = async () => [...(await load())].filter(([path]) => !isPlural(path));

  test(`${language} has every text that English has, and no other`, async () => {
    const paths = (await loadPlain()).map(([path]) => path);
    expect(paths.toSorted()).toEqual([...ENGLISH.keys()].filter((path) => !isPlural(path)).toSorted());
  });

  test(`${language} leaves nothing in English but the words it shares`, async () => {
    const same = [...(await load())].filter(([path, text]) => text === ENGLISH.get(path));
    expect(same.map(([path]) => path).toSorted()).toEqual([...(SHARED[language] ?? [])].toSorted());
  });

  test(`${language} has the places for values and the endings of the English texts`, async () => {
    const outline = (text = '') => [...placesOf(text), endingOf(text)].join(' ');
    const differing = (await loadPlain()).filter(
      ([path, text]) => outline(text) !== outline(ENGLISH.get(path)),
    );
    expect(differing).toEqual([]);
  });

  test.each(PLURALS)(
    `${language} has a form for every number of %s, and shows it wherever it may vary`,
    async (name) => {
      const texts = await load();
      const forms = [...texts.keys()].filter((path) => path.startsWith(`${name}.`));
      const rules = new Intl.PluralRules(language);
      const numbers = Array.from({ length: 1000 }, (_, count) => count);
      // A single text that fits all numbers is allowed.
      const select = (count: number) => (forms.length === 1 ? 'other' : rules.select(count));
      const used = Map.groupBy(numbers, (count) => `${name}.${select(count)}`);
      expect(forms.toSorted()).toEqual([...used.keys()].toSorted());
      for (const [path, { length }] of used)
        if (length > 1) expect(placesOf(texts.get(path) ?? '')).toEqual(['{count}']);
    },
  );

  test(`${language} is set as its readers expect`, async () => {
    const slips = [...(await load())].map(([path, text]) => [path, ...typographyErrorsOf(text, language)]);
    expect(slips.filter(({ length }) => length > 1)).toEqual([]);
  });
}
