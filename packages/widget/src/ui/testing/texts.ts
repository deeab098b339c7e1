/** Helpers that find mistakes in translated texts. */

/** Texts by path, for example `errors.busy`; plural forms as `newMessages.one`. */
export function textsOf(strings: object): Map<string, string> {
  const entries = Object.entries(strings).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (typeof value === 'string') return [[key, value]];
    if (typeof value !== 'object' || value === null) return [];
    return [...textsOf(value)].map(([inner, text]) => [`${key}.${inner}`, text]);
  });
  return new Map(entries);
}

/** Returns the placeholders of a text, for example `{count}`. */
export const placesOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

/** Returns how a text ends: `…`, `.` for any punctuation that ends a sentence, empty for a label. */
export function endingOf(text: string): '…' | '.' | '' {
  if (text.endsWith('…')) return '…';
  return /[.!?。！？؟]$/.test(text) ? '.' : '';
}

/** Returns typographic mistakes of a text as messages. */
export function typographyErrorsOf(text: string, language: string): string[] {
  const checks = {
    'space at an end': text !== text.trim(),
    'empty text': text === '',
    'two spaces': /\s{2}/.test(text),
    'straight quotation mark': /["']/.test(text),
    'three dots': text.includes('...'),
    'no narrow space before a mark': language === 'fr' && /[^\u202f][?!:;]/.test(text),
    'a mark of another script': /^(ja|zh)/.test(language)
      ? /[?!;:,](?!\w)|\.$/.test(text)
      : /[？！；：，。]/.test(text) || (language === 'ar' && /[?,;]/.test(text)),
    'space before the ellipsis': language !== 'de' && /\s…/.test(text),
  };
  return Object.entries(checks).flatMap(([mistake, isFound]) => (isFound ? [mistake] : []));
}
