/** Texts about the people behind the chat, by language. English is used until the language is loaded. */
import type { Strings } from './core/en.ts';
import { deskEn, type DeskStrings } from './desk/desk-en.ts';
import { languageOf } from './language-of.ts';

export type { DeskStrings };

/** Loaders by the name that `languageOf` returns. */
export const DESK_LANGUAGES: Readonly<Record<string, () => Promise<DeskStrings>>> = {
  ar: () => import('./desk/desk-ar.ts').then(({ deskAr }) => deskAr),
  de: () => import('./desk/desk-de.ts').then(({ deskDe }) => deskDe),
  es: () => import('./desk/desk-es.ts').then(({ deskEs }) => deskEs),
  fr: () => import('./desk/desk-fr.ts').then(({ deskFr }) => deskFr),
  he: () => import('./desk/desk-he.ts').then(({ deskHe }) => deskHe),
  it: () => import('./desk/desk-it.ts').then(({ deskIt }) => deskIt),
  ja: () => import('./desk/desk-ja.ts').then(({ deskJa }) => deskJa),
  ko: () => import('./desk/desk-ko.ts').then(({ deskKo }) => deskKo),
  nl: () => import('./desk/desk-nl.ts').then(({ deskNl }) => deskNl),
  'pt-BR': () => import('./desk/desk-pt-BR.ts').then(({ deskPtBR }) => deskPtBR),
  'zh-CN': () => import('./desk/desk-zh-CN.ts').then(({ deskZhCN }) => deskZhCN),
};

const languages = new Map<string, DeskStrings>([['en', deskEn]]); // bounded by the locales used on the page

/** Loads the texts of a locale. If the file cannot be loaded, the texts stay English. */
export async function loadDeskStrings(locale: string): Promise<void> {
  const language = languageOf(locale);
  const load = languages.has(language) ? undefined : DESK_LANGUAGES[language];
  const loaded = await load?.().catch(() => undefined);
  if (loaded !== undefined) languages.set(language, loaded);
}

/** Returns the loaded texts of a locale, with the texts of the site on top; English when they are not loaded. */
export function deskStrings(locale: string, strings: Strings): DeskStrings {
  const result = { ...(languages.get(languageOf(locale)) ?? deskEn) };
  // `mergeStrings` keeps texts of the site whose key is not one of the core texts.
  const given = strings as Partial<Record<string, unknown>> & Strings;
  for (const key of Object.keys(result) as (keyof DeskStrings)[]) {
    const own = given[key as keyof Strings];
    if (typeof own === 'string') result[key] = own;
  }
  return result;
}
