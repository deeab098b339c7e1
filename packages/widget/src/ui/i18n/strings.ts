/** Loads the texts for a locale and merges the texts of the site into them. */
import type { ChatOptions } from '../../shell/options.ts';
import { en, type Strings } from './core/en.ts';
import { languageOf } from './language-of.ts';

/** Loads the texts of a language. English if there are none or if the file cannot be loaded. */
export async function loadStrings(locale: string): Promise<Strings> {
  const language = languageOf(locale);
  if (language === 'en') return en;
  return import('./languages.ts').then(({ LANGUAGES }) => LANGUAGES[language]?.() ?? en).catch(() => en);
}

/** Returns the texts with the overrides of the site. Values of another type than the built-in text are ignored. */
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
    aiNotice: start?.aiNotice === false ? '' : (start?.aiNotice ?? given.aiNotice),
    placeholder: composer?.placeholder ?? given.placeholder,
  };
  // Other keys may belong to lazily loaded texts, which are all plain strings.
  const known = Object.entries(overrides).filter(([key, value]) =>
    isLike(key in strings ? strings[key as keyof Strings] : '', value),
  );
  const merged: Strings = { ...strings, ...Object.fromEntries(known) };
  const { errors } = overrides;
  return isLike(strings.errors, errors)
    ? { ...merged, errors: { ...strings.errors, ...(errors as Strings['errors']) } } // checked above to be an object
    : merged;
}

function isLike(builtIn: unknown, value: unknown): boolean {
  return typeof builtIn === typeof value && Array.isArray(builtIn) === Array.isArray(value);
}
