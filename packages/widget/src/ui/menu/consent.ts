/** Consent of the visitor to sending and storing data: enabled by the site, remembered per site. */

import type { AppSettings } from '../../shell/app-contract.ts';
import { asksConsent } from '../../shell/options.ts';

/** Storage key of the consent for a site. */
export const keyOf = (site: string): string => `rivulet:${site}:consent`;
/** Fallback without storage, for the lifetime of the page. */
const agreedSites = new Set<string>();

/** Whether consent is required and missing. While it is, nothing may be sent or stored. */
export const needsConsent = ({ site, options }: Pick<AppSettings, 'site' | 'options'>): boolean =>
  asksConsent(options) && !hasAgreed(site);

function hasAgreed(site: string): boolean {
  try {
    return agreedSites.has(site) || localStorage.getItem(keyOf(site)) !== null;
  } catch {
    return agreedSites.has(site);
  }
}

/** Remembers the consent. Called on an action of the visitor, so it may be stored. */
export function agree(site: string): void {
  agreedSites.add(site);
  try {
    localStorage.setItem(keyOf(site), '1');
  } catch {
    // not stored: the next page asks again
  }
}

/** Type of the DOM event that carries a `ConsentChange` in `detail`. */
export const CONSENT = 'rivulet-consent';
/** What the visitor has decided, or that the decision was withdrawn. */
export type ConsentChange = 'agreed' | 'declined' | 'forgotten';

/** Dispatches a decision to the consent gate. */
export function reportConsent(from: EventTarget, detail: ConsentChange): void {
  from.dispatchEvent(new CustomEvent<ConsentChange>(CONSENT, { detail, bubbles: true }));
}

/** Removes the stored consent, as part of erasing all data of the visitor. */
export function forgetConsent(site: string): void {
  agreedSites.delete(site);
  try {
    localStorage.removeItem(keyOf(site));
  } catch {
    // no storage, so nothing to remove
  }
}
