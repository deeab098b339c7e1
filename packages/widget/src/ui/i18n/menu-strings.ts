/** Texts of the menu and of the side views, by language. English is used until the language is loaded. */
import { languageOf } from './language-of.ts';
import { menuEn, type MenuStrings } from './menu/menu-en.ts';

export type { MenuStrings };

/** Loaders by the name that `languageOf` returns. */
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

const languages = new Map<string, MenuStrings>([['en', menuEn]]); // bounded by the locales used on the page

/**
 * Returns the texts for a locale with the texts of the site on top; English while the language is loading.
 * @param overrides texts of the site
 * @param changed called once the language is loaded, to render again
 */
export function menuStrings(
  locale: string,
  overrides: Readonly<Record<string, unknown>>,
  changed: () => void,
): MenuStrings {
  const language = languageOf(locale);
  const load = languages.has(language) ? undefined : MENU_LANGUAGES[language];
  // If the file cannot be loaded, the texts stay English.
  void load?.()
    .then((loaded) => languages.set(language, loaded))
    .then(changed, () => undefined);
  const strings = { ...(languages.get(language) ?? menuEn) };
  for (const [key, value] of Object.entries(overrides))
    if (key in strings && typeof value === 'string') Object.assign(strings, { [key]: value });
  return strings;
}
