/** Whether the visitor has agreed that something is sent and stored: asked for by the site, remembered per site. */

import type { AppSettings } from '../../shell/app-contract.ts';
import { asksConsent } from '../../shell/options.ts';

/** Under which it is stored. */
export const keyOf = (site: string): string => `rivulet:${site}:consent`;
/** Where nothing can be stored, for as long as the page lives. */
const agreedSites = new Set<string>();

/** Until then nothing is sent, and nothing stored. */
export const needsConsent = ({ site, options }: Pick<AppSettings, 'site' | 'options'>): boolean =>
  asksConsent(options) && !hasAgreed(site);

function hasAgreed(site: string): boolean {
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

/** Tells the gate what has become of it. */
export const CONSENT = 'rivulet-consent';
export type ConsentChange = 'agreed' | 'declined' | 'forgotten';

export function reportConsent(from: EventTarget, detail: ConsentChange): void {
  from.dispatchEvent(new CustomEvent<ConsentChange>(CONSENT, { detail, bubbles: true }));
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
