/** Finds the texts for a locale and lays a site's own over them. */
import type { ChatOptions } from '../../shell/options.ts';
import { en, type Strings } from './core/en.ts';
import { languageOf } from './language-of.ts';

/** The texts of a language, English when there are none. A file that cannot be fetched is English, too. */
export async function loadStrings(locale: string): Promise<Strings> {
  const language = languageOf(locale);
  if (language === 'en') return en;
  return import('./languages.ts').then(({ LANGUAGES }) => LANGUAGES[language]?.() ?? en).catch(() => en);
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
