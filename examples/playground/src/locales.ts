/** The languages of the widget, with their names and writing directions. */

/** The locales of the widget. A test checks that the list is complete. */
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

/** @returns the name of a language, in that language */
export const nameOf = (locale: string): string =>
  new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale;

/** @returns the writing direction of a locale of `LOCALES` */
export const directionOf = (locale: string): 'ltr' | 'rtl' => (RTL.has(locale) ? 'rtl' : 'ltr');
