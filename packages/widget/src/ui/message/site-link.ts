/** Resolves the links of an answer as links of the site. */

/**
 * Returns the destination to use: absolute ones are kept, `#place` is on the page, anything else is relative to `base`,
 * or to the page.
 */
export function siteLink(destination: string, base: string | undefined): string | undefined {
  if (URL.canParse(destination)) return destination;
  if (/^www\./i.test(destination)) return `https://${destination}`;
  // Not left to the browser: a `<base>` element would lead to another page.
  if (destination.startsWith('#')) return `${location.href.split('#')[0]}${destination}`;
  if (base === undefined) return destination;
  return URL.canParse(destination, base) ? new URL(destination, base).href : undefined;
}
