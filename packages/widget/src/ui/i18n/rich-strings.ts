/** Texts of lazily loaded parts, by language. English is used until the language is loaded. */
import type { Strings } from './core/en.ts';
import { languageOf } from './language-of.ts';
import { richEn, type RichStrings } from './rich/rich-en.ts';

/** Loaders by the name that `languageOf` returns. */
export const RICH_LANGUAGES: Readonly<Record<string, () => Promise<RichStrings>>> = {
  ar: () => import('./rich/rich-ar.ts').then(({ richAr }) => richAr),
  de: () => import('./rich/rich-de.ts').then(({ richDe }) => richDe),
  es: () => import('./rich/rich-es.ts').then(({ richEs }) => richEs),
  fr: () => import('./rich/rich-fr.ts').then(({ richFr }) => richFr),
  he: () => import('./rich/rich-he.ts').then(({ richHe }) => richHe),
  it: () => import('./rich/rich-it.ts').then(({ richIt }) => richIt),
  ja: () => import('./rich/rich-ja.ts').then(({ richJa }) => richJa),
  ko: () => import('./rich/rich-ko.ts').then(({ richKo }) => richKo),
  nl: () => import('./rich/rich-nl.ts').then(({ richNl }) => richNl),
  'pt-BR': () => import('./rich/rich-pt-BR.ts').then(({ richPtBR }) => richPtBR),
  'zh-CN': () => import('./rich/rich-zh-CN.ts').then(({ richZhCN }) => richZhCN),
};

/** Locale and core texts of a widget. */
export interface LocaleTexts {
  /** BCP 47 language tag. */
  locale: string;
  /** Core texts, with the texts of the site on top. */
  strings: Strings;
}

const languages = new Map<string, RichStrings>(); // bounded by the locales used on the page
const merged = new WeakMap<Strings, [RichStrings, RichStrings]>();

/**
 * Loads the texts of a locale. If the file cannot be loaded, the texts stay English.
 * @returns whether this call has loaded the language
 */
export async function loadRichStrings(locale: string): Promise<boolean> {
  const language = languageOf(locale);
  const load = languages.has(language) ? undefined : RICH_LANGUAGES[language];
  const loaded = await load?.().catch(() => undefined);
  if (loaded !== undefined) languages.set(language, loaded);
  return loaded !== undefined;
}

/**
 * Returns the texts for a locale; English while the language is loading.
 * @param changed called once the language is loaded, to render again
 */
export function richStrings({ locale, strings }: LocaleTexts, changed: () => void): RichStrings {
  void loadRichStrings(locale).then((hasCome) => {
    if (hasCome) changed();
  });
  const builtIn = languages.get(languageOf(locale)) ?? richEn;
  const before = merged.get(strings);
  if (before?.[0] === builtIn) return before[1];
  const result: RichStrings = { ...builtIn };
  for (const key of Object.keys(builtIn) as (keyof RichStrings)[]) {
    // `mergeStrings` keeps texts of the site whose key is not one of the core texts.
    const given = (strings as Partial<Record<string, unknown>> & Strings)[key as keyof Strings];
    if (typeof given !== 'string') continue;
    // One text for all numbers is accepted as well.
    Object.assign(result, { [key]: typeof builtIn[key] === 'string' ? given : { other: given } });
  }
  merged.set(strings, [builtIn, result]);
  return result;
}

/** Replaces the placeholders `{name}` of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));
}
