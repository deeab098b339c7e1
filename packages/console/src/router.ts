/** Which page an address names. Navigation is by links, so that a new tab and the back button work. */

/** A page with what its address says. */
export type Route =
  | { page: 'conversations'; query: URLSearchParams }
  | { page: 'conversation'; id: string }
  | { page: 'overview'; query: URLSearchParams }
  | { page: 'sites' }
  | { page: 'site'; id: string }
  | { page: 'desk'; id: string | undefined; query: URLSearchParams }
  | { page: 'audit' }
  | { page: 'sessions' }
  | { page: 'unknown' };

/** The page of an address. The console begins with the conversations. */
export function routeOf({ pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>): Route {
  const [, , name = '', id, ...rest] = pathname.replace(/\/$/, '').split('/');
  if (rest.length > 0) return { page: 'unknown' };
  if (name === 'conversations' && id !== undefined) return { page: 'conversation', id: safeDecode(id) };
  if (name === 'sites' && id !== undefined) return { page: 'site', id: safeDecode(id) };
  if (name === 'desk')
    return { page: 'desk', id: id === undefined ? undefined : safeDecode(id), query: searchParams };
  if (id !== undefined) return { page: 'unknown' };
  if (name === '' || name === 'conversations') return { page: 'conversations', query: searchParams };
  if (name === 'overview') return { page: 'overview', query: searchParams };
  if (name === 'audit' || name === 'sessions' || name === 'sites') return { page: name };
  return { page: 'unknown' };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no id of ours: it is not found
  }
}

/** The address of a conversation. */
export const hrefOf = (id: string): string => `/admin/conversations/${encodeURIComponent(id)}`;

/** The address of a site. */
export const siteHrefOf = (id: string): string => `/admin/sites/${encodeURIComponent(id)}`;
/** The address of a conversation at the desk. */
export const deskHrefOf = (id: string): string => `/admin/desk/${encodeURIComponent(id)}`;

/**
 * Follows links within the console without loading the page again. A click with another button or key is the browser’s.
 * @param changed called after the address has changed
 */
export function followLinks(root: HTMLElement, changed: () => void): void {
  root.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!isPlain || event.defaultPrevented || link?.target !== '') return;
    const { origin, pathname } = new URL(link.href);
    if (origin !== location.origin || !/^\/admin(\/|$)/.test(pathname) || link.hasAttribute('download'))
      return;
    if (pathname.startsWith('/admin/oidc/') || pathname.startsWith('/admin/api/')) return;
    event.preventDefault();
    navigate(link.href, changed);
  });
  addEventListener('popstate', changed);
}

/** Goes to an address of the console. */
export function navigate(href: string, changed: () => void): void {
  history.pushState(null, '', href);
  changed();
}
