/** Finds the texts for a locale and lays a site's own over them. */
import type { ChatOptions } from '../../shell/options.ts';
import { en, type Strings } from './en.ts';

/** Languages other than English, each fetched when it is first asked for. */
const LANGUAGES: Readonly<Record<string, () => Promise<Strings>>> = {
  de: () => import('./de.ts').then(({ de }) => de),
};

const RTL_LANGUAGES = new Set(['ar', 'fa', 'he', 'ur', 'yi', 'dv', 'ps', 'ckb', 'ug']);

const languageOf = (locale: string): string => locale.toLowerCase().split('-')[0] ?? '';

/** The texts of a language, English when there are none. A file that cannot be fetched is English, too. */
export async function loadStrings(locale: string): Promise<Strings> {
  const load = LANGUAGES[languageOf(locale)];
  return load === undefined ? en : load().catch(() => en);
}

/** Values of another type are ignored. */
export function mergeStrings(
  strings: Strings,
  { strings: given = {}, header, start, composer }: ChatOptions,
): Strings {
  const overrides: Record<string, unknown> = {
    ...given,
    title: header?.title ?? given.title,
    greeting: start?.greeting ?? given.greeting,
    greetingDetail: start?.detail ?? given.greetingDetail,
    prompts: start?.prompts ?? given.prompts,
    placeholder: composer?.placeholder ?? given.placeholder,
  };
  // Another name may be one of the texts that are fetched later; they are all plain.
  const known = Object.entries(overrides).filter(([key, value]) =>
    isLike(key in strings ? strings[key as keyof Strings] : '', value),
  );
  const merged: Strings = { ...strings, ...Object.fromEntries(known) };
  const { errors } = overrides;
  return isLike(strings.errors, errors)
    ? { ...merged, errors: { ...strings.errors, ...(errors as Strings['errors']) } } // just seen to be an object
    : merged;
}

function isLike(builtIn: unknown, value: unknown): boolean {
  return typeof builtIn === typeof value && Array.isArray(builtIn) === Array.isArray(value);
}

/** The writing direction of a locale. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  RTL_LANGUAGES.has(languageOf(locale)) ? 'rtl' : 'ltr';
