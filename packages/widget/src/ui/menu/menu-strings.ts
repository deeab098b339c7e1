/** The texts of the menu and of what is behind it, by language: English until the language is here. */
import { menuEn, type MenuStrings } from './menu-en.ts';

export type { MenuStrings };

const LOADS: Readonly<Record<string, () => Promise<MenuStrings>>> = {
  de: () => import('./menu-de.ts').then(({ menuDe }) => menuDe),
};

const languages = new Map<string, MenuStrings>([['en', menuEn]]); // as many as a page has languages

/** @param overrides the site's own texts @param changed called once the language is here: ask again */
export function menuStrings(
  locale: string,
  overrides: Readonly<Record<string, unknown>>,
  changed: () => void,
): MenuStrings {
  const language = locale.toLowerCase().split('-')[0] ?? '';
  const load = languages.has(language) ? undefined : LOADS[language];
  // A file that cannot be fetched is English.
  void load?.()
    .then((loaded) => languages.set(language, loaded))
    .then(changed, () => undefined);
  const strings = { ...(languages.get(language) ?? menuEn) };
  for (const [key, value] of Object.entries(overrides))
    if (key in strings && typeof value === 'string') Object.assign(strings, { [key]: value });
  return strings;
}
