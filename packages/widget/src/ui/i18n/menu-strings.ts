/** The texts of the menu and of what is behind it, by language: English until the language is here. */
import { languageOf } from './language-of.ts';
import { menuEn, type MenuStrings } from './menu/menu-en.ts';

export type { MenuStrings };

export const MENU_LANGUAGES: Readonly<Record<string, () => Promise<MenuStrings>>> = {
  ar: () => import('./menu/menu-ar.ts').then(({ menuAr }) => menuAr),
  de: () => import('./menu/menu-de.ts').then(({ menuDe }) => menuDe),
  es: () => import('./menu/menu-es.ts').then(({ menuEs }) => menuEs),
  fr: () => import('./menu/menu-fr.ts').then(({ menuFr }) => menuFr),
  he: () => import('./menu/menu-he.ts').then(({ menuHe }) => menuHe),
  it: () => import('./menu/menu-it.ts').then(({ menuIt }) => menuIt),
  ja: () => import('./menu/menu-ja.ts').then(({ menuJa }) => menuJa),
  ko: () => import('./menu/menu-ko.ts').then(({ menuKo }) => menuKo),
  nl: () => import('./menu/menu-nl.ts').then(({ menuNl }) => menuNl),
  'pt-BR': () => import('./menu/menu-pt-BR.ts').then(({ menuPtBR }) => menuPtBR),
  'zh-CN': () => import('./menu/menu-zh-CN.ts').then(({ menuZhCN }) => menuZhCN),
};

const languages = new Map<string, MenuStrings>([['en', menuEn]]); // as many as a page has languages

/** @param overrides the site's own texts @param changed called once the language is here: ask again */
export function menuStrings(
  locale: string,
  overrides: Readonly<Record<string, unknown>>,
  changed: () => void,
): MenuStrings {
  const language = languageOf(locale);
  const load = languages.has(language) ? undefined : MENU_LANGUAGES[language];
  // A file that cannot be fetched is English.
  void load?.()
    .then((loaded) => languages.set(language, loaded))
    .then(changed, () => undefined);
  const strings = { ...(languages.get(language) ?? menuEn) };
  for (const [key, value] of Object.entries(overrides))
    if (key in strings && typeof value === 'string') Object.assign(strings, { [key]: value });
  return strings;
}
