/**
 * Maps a locale to one of the available languages and to its writing direction. The likely script comes from the
 * browser's Intl.
 */

/** Cache, bounded by the locales used on the page: creating an `Intl.Locale` takes longer than rendering a delta. */
const known = new Map<string, Intl.Locale | undefined>();

/** Undefined for an invalid language tag. Underscores are common enough to be accepted. */
function likelyLocale(locale: string): Intl.Locale | undefined {
  if (!known.has(locale)) known.set(locale, readLocale(locale));
  return known.get(locale);
}

function readLocale(locale: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(locale.replaceAll('_', '-')).maximize();
  } catch {
    return undefined;
  }
}

/**
 * Returns the file name of a language, whether or not the file exists: `pt-BR` for all Portuguese, `zh-CN` for
 * simplified Chinese.
 */
export function languageOf(locale: string): string {
  const { language = 'en', script } = likelyLocale(locale) ?? {};
  if (language === 'pt') return 'pt-BR';
  // Readers of traditional characters are served better by English than by simplified characters.
  if (language === 'zh') return script === 'Hans' ? 'zh-CN' : 'zh-TW';
  return language;
}

/** Returns the writing direction of a locale. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  /^(Adlm|Arab|Hebr|Nkoo|Rohg|Syrc|Thaa)$/.test(likelyLocale(locale)?.script ?? '') ? 'rtl' : 'ltr';
