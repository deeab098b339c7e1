/** Whether the visitor has agreed that something is sent and stored: asked for by the site, remembered per site. */

const keyOf = (site: string): string => `rivulet:${site}:consent`;
/** Where nothing can be stored, for as long as the page lives. */
const agreedSites = new Set<string>();

export function hasAgreed(site: string): boolean {
  try {
    return agreedSites.has(site) || localStorage.getItem(keyOf(site)) !== null;
  } catch {
    return agreedSites.has(site);
  }
}

/** The visitor acts, so it may be stored. */
export function agree(site: string): void {
  agreedSites.add(site);
  try {
    localStorage.setItem(keyOf(site), '1');
  } catch {
    // asked again on the next page
  }
}

/** Everything about the visitor is forgotten, this too. */
export function forgetConsent(site: string): void {
  agreedSites.delete(site);
  try {
    localStorage.removeItem(keyOf(site));
  } catch {
    // there was nothing to remove
  }
}
