/** Where the browser goes after a sign-in. Pure. */

/** Paths with parameters; no backslash, no control character and no second slash at the beginning. */
const PATH = /^\/admin(?:[/?#][\w./~%?=&#:@+,-]*)?$/;
/** These are no pages. */
const NO_PAGE = /^\/admin\/(?:api|oidc)(?:[/?#]|$)/;

/**
 * @param to what the page asked for: a path such as `/admin/conversations?site=shop`
 * @param adminUrl where the console is reached
 * @returns a URL of the console, never of another host: the start when `to` is anything else
 */
export function destinationOf(to: string | undefined, adminUrl: string): string {
  const home = new URL(`${adminUrl}/admin`);
  if (to === undefined || !PATH.test(to) || NO_PAGE.test(to)) return home.href;
  const url = URL.parse(adminUrl + to);
  // `..`, also in percent signs, is resolved by now.
  const isBelow =
    url?.origin === home.origin &&
    (url.pathname === home.pathname || url.pathname.startsWith(`${home.pathname}/`));
  return isBelow ? url.href : home.href;
}
