/** What the gateway adds to the loader for a URL with `?site=…`: applies what it sets for that site. */
import { applySite, type SiteOptions, type SiteTarget } from './shell/site-options.ts';

/** The gateway writes the data here, in place of this name. */
declare const RIVULET_SITE: SiteOptions;

// The loader, of this or of an earlier tag, has defined the element just before. One of an earlier version has no such property.
applySite(customElements.get('rivulet-chat') as unknown as SiteTarget, RIVULET_SITE);
for (const chat of document.querySelectorAll('rivulet-chat')) chat.configure();
