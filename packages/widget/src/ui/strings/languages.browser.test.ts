import { expect, test } from 'vitest';
import { endingOf, placesOf, slipsOf, textsOf } from '../testing/texts.ts';
import { en } from './en.ts';
import { LANGUAGES } from './languages.ts';

/** Words that a language shares with English. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  de: ['agent', 'statusOnline', 'statusOffline'],
  fr: ['title', 'assistant', 'composerLabel', 'transcript', 'image', 'sources'],
  it: ['agent', 'statusOnline', 'statusOffline'],
  nl: ['agent', 'statusOnline', 'statusOffline'],
  'pt-BR': ['statusOnline', 'statusOffline'],
};

/** The forms of a plural are a language’s own. */
const isPlural = (path: string): boolean => path.startsWith('newMessages.');
const english = textsOf(en);

for (const [language, load] of Object.entries(LANGUAGES)) {
  test(`${language} has every text that English has, and no other`, async () => {
    const paths = [...textsOf(await load()).keys()].filter((path) => !isPlural(path));
    expect(paths.toSorted()).toEqual([...english.keys()].filter((path) => !isPlural(path)).toSorted());
  });

  test(`${language} leaves nothing in English but the words it shares`, async () => {
    const same = [...textsOf(await load())].filter(([path, text]) => text === english.get(path));
    expect(same.map(([path]) => path).toSorted()).toEqual([...(SHARED[language] ?? [])].toSorted());
  });

  test(`${language} has the places for values and the endings of the English texts`, async () => {
    const shape = (text = '') => [...placesOf(text), endingOf(text)].join(' ');
    const others = [...textsOf(await load())].filter(([path]) => !isPlural(path));
    const differing = others.filter(([path, text]) => shape(text) !== shape(english.get(path)));
    expect(differing).toEqual([]);
  });

  test(`${language} has a form for every number, and shows the number wherever it may vary`, async () => {
    const { newMessages } = await load();
    const rules = new Intl.PluralRules(language);
    const numbers = Array.from({ length: 1000 }, (_, count) => count);
    const used = Map.groupBy(numbers, (count) => rules.select(count));
    expect(Object.keys(newMessages).toSorted()).toEqual([...used.keys()].toSorted());
    for (const [category, counts] of used)
      if (counts.length > 1) expect(newMessages[category]).toContain('{count}');
  });

  test(`${language} is set as its readers expect`, async () => {
    const slips = [...textsOf(await load())].map(([path, text]) => [path, ...slipsOf(text, language)]);
    expect(slips.filter(({ length }) => length > 1)).toEqual([]);
  });
}
