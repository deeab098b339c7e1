/** The texts of what is fetched later, by language: English until the language is here. */
import type { Strings } from './core/en.ts';
import { languageOf } from './language-of.ts';
import { moreEn, type MoreStrings } from './rich/rich-en.ts';

/** By the name that `languageOf` gives. */
export const MORE_LANGUAGES: Readonly<Record<string, () => Promise<MoreStrings>>> = {
  ar: () => import('./rich/rich-ar.ts').then(({ moreAr }) => moreAr),
  de: () => import('./rich/rich-de.ts').then(({ moreDe }) => moreDe),
  es: () => import('./rich/rich-es.ts').then(({ moreEs }) => moreEs),
  fr: () => import('./rich/rich-fr.ts').then(({ moreFr }) => moreFr),
  he: () => import('./rich/rich-he.ts').then(({ moreHe }) => moreHe),
  it: () => import('./rich/rich-it.ts').then(({ moreIt }) => moreIt),
  ja: () => import('./rich/rich-ja.ts').then(({ moreJa }) => moreJa),
  ko: () => import('./rich/rich-ko.ts').then(({ moreKo }) => moreKo),
  nl: () => import('./rich/rich-nl.ts').then(({ moreNl }) => moreNl),
  'pt-BR': () => import('./rich/rich-pt-BR.ts').then(({ morePtBR }) => morePtBR),
  'zh-CN': () => import('./rich/rich-zh-CN.ts').then(({ moreZhCN }) => moreZhCN),
};

export interface Speech {
  /** A BCP 47 tag. */
  locale: string;
  /** With what the site has put in place of the built-in texts. */
  strings: Strings;
}

const languages = new Map<string, MoreStrings>(); // as many as a page has languages
const merged = new WeakMap<Strings, [MoreStrings, MoreStrings]>();

/** @returns whether the language of the locale came just now; a file that cannot be fetched is English */
export async function loadMoreStrings(locale: string): Promise<boolean> {
  const language = languageOf(locale);
  const load = languages.has(language) ? undefined : MORE_LANGUAGES[language];
  const loaded = await load?.().catch(() => undefined);
  if (loaded !== undefined) languages.set(language, loaded);
  return loaded !== undefined;
}

/** @param changed called once the language is here: ask again */
export function moreStrings({ locale, strings }: Speech, changed: () => void): MoreStrings {
  void loadMoreStrings(locale).then((hasCome) => {
    if (hasCome) changed();
  });
  const builtIn = languages.get(languageOf(locale)) ?? moreEn;
  const before = merged.get(strings);
  if (before?.[0] === builtIn) return before[1];
  const result: MoreStrings = { ...builtIn };
  for (const key of Object.keys(builtIn) as (keyof MoreStrings)[]) {
    // What the site gave under another name than those of the first texts is among them, see mergeStrings.
    const given = (strings as Partial<Record<string, unknown>> & Strings)[key as keyof Strings];
    if (typeof given !== 'string') continue;
    // One text for all numbers serves as well.
    Object.assign(result, { [key]: typeof builtIn[key] === 'string' ? given : { other: given } });
  }
  merged.set(strings, [builtIn, result]);
  return result;
}

/** Puts values in the places of a text: `{name}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));
}
