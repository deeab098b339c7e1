/** Which of our languages a locale is spoken to in, and which way it is written; the likely script comes from the browser's Intl. */

/** As many as a page has languages: asking the browser takes longer than a word of an answer. */
const known = new Map<string, Intl.Locale | undefined>();

/** Undefined for what is no language tag. Underscores are common enough to be understood. */
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

/** The name of the file of a language, whether there is one or not: `pt-BR` for all Portuguese, `zh-CN` for simplified Chinese. */
export function languageOf(locale: string): string {
  const { language = 'en', script } = likelyLocale(locale) ?? {};
  if (language === 'pt') return 'pt-BR';
  // Who reads traditional characters is served better by English than by simplified ones.
  if (language === 'zh') return script === 'Hans' ? 'zh-CN' : 'zh-TW';
  return language;
}

/** The writing direction of a locale. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  /^(Adlm|Arab|Hebr|Nkoo|Rohg|Syrc|Thaa)$/.test(likelyLocale(locale)?.script ?? '') ? 'rtl' : 'ltr';
