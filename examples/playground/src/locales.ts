/** The languages that the widget speaks, as a person looks for them, and which way they are written. */

/** One for each of the widget's own; a test holds the two lists together. */
export const LOCALES = [
  'en',
  'de',
  'fr',
  'es',
  'pt-BR',
  'it',
  'nl',
  'ja',
  'zh-CN',
  'ko',
  'ar',
  'he',
] as const;

const RTL = new Set(['ar', 'he']);

/** A language in its own words. */
export const nameOf = (locale: string): string =>
  new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale;

/** The writing direction of one of the list. */
export const directionOf = (locale: string): 'ltr' | 'rtl' => (RTL.has(locale) ? 'rtl' : 'ltr');
