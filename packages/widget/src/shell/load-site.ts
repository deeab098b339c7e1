/** Loads what the gateway sets for a site, for a page that bundles the widget or pins its script. */
import { RivuletChat } from './rivulet-chat.ts';
import { ShellError } from './shell-error.ts';
import { applySite, type SiteOptions } from './site-options.ts';

/**
 * Loads what the gateway sets for a site and applies it to the elements of that site. Await it before the element is in the page:
 * otherwise it is shown without, and a consent that the site asks for comes too late. With the script tag, `rivulet.js?site=…` does it.
 * @param place the gateway's URL, absolute or relative to the page, and the id of the site
 * @returns what was applied
 * @throws {Error} it could not be loaded; nothing was applied
 */
export async function loadSite({ gateway, site }: { gateway: string; site: string }): Promise<SiteOptions> {
  const base = new URL(gateway.replace(/\/*$/, '/'), document.baseURI);
  const url = new URL(`rivulet/site.json?site=${encodeURIComponent(site)}`, base);
  const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (!response.ok) throw new ShellError(`The gateway has no site ${site} (status ${response.status}).`);
  const loaded = (await response.json()) as SiteOptions; // the gateway's own, which also serves the conversations
  applySite(RivuletChat, loaded);
  for (const chat of document.querySelectorAll('rivulet-chat'))
    if (chat instanceof RivuletChat) chat.configure();
  return loaded;
}
