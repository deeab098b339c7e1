/** The loader of one site: the loader, followed by what the gateway sets for the site. */

/** The name in the widget's `site.js` that stands for the data. */
const PLACE = 'RIVULET_SITE';
/** Whatever could end the script or a line of it, and everything that an encoding could change. */
const UNSAFE = /[<>\u007f-\uffff]/g;

/** Writes JSON as JavaScript that means the same in every encoding and inside of a script element. */
export const toScriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Appends the data of a site to the loader. @param part the text of `site.js` */
export const siteScript = (loader: string, part: string, presentation: unknown): string =>
  `${loader}\n${part.replace(PLACE, () => toScriptJson(presentation))}`;

const UNKNOWN_SITE =
  'Rivulet: the gateway has no site of the id in the URL of this script; compare it with sites[] of its configuration.';

/** The loader for a URL that names no site of the gateway: it works as without a name, and the developer reads why. */
export const scriptOfUnknownSite = (loader: string): string =>
  `${loader}\nconsole.warn(${toScriptJson(UNKNOWN_SITE)});`;
