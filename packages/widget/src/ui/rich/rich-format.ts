/** Pure: checks URLs and formats sizes and lists for rich parts. */

/**
 * Returns the absolute URL if its scheme is `http:` or `https:`. Undefined for any other, which is shown without a
 * link.
 */
export function safeHref(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url, document.baseURI)) return undefined;
  const { protocol, href } = new URL(url, document.baseURI);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** Whether the site allows images from the origin of the URL; `*` allows any. */
export function isAllowedImage(url: string, origins: readonly string[] = []): boolean {
  const href = safeHref(url);
  return href !== undefined && (origins.includes('*') || origins.includes(new URL(href).origin));
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Formats a size in decimal units, as operating systems do. */
export function formatBytes(sizeBytes: number, locale: string): string {
  const step = sizeBytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(sizeBytes) / 3));
  const unit = UNITS[step] ?? 'byte';
  const format = new Intl.NumberFormat(knownLocale(locale), {
    style: 'unit',
    unit,
    // The short form of bytes has no plural.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  });
  return format.format(sizeBytes / 1000 ** step);
}

/** Joins words with the commas and the conjunction of the locale. */
export const formatList = (words: readonly string[], locale: string): string =>
  new Intl.ListFormat(knownLocale(locale)).format(words);

/** Intl throws for an invalid language tag. */
function knownLocale(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined; // Intl then uses the locale of the browser
  }
}
