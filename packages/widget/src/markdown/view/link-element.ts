/** Sets the attributes of links. */
import { textOf, type InlineNode } from '../inline/inline-node.ts';
import { namesIn, shownAs } from '../unusual.ts';
import { safeLink, type MarkdownOptions } from '../options.ts';

type Link = Extract<InlineNode, { kind: 'link' }>;

/**
 * The first host that a text names, with its port. Any script counts, as a deceptive host may use letters of another script. What
 * follows a host may name another one, as `bank.example@host` and `bank.example/host` do.
 */
const NAMED_HOST = /(?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]+(?::\d+)?/u;
const withoutWww = (host: string): string => host.replace(/^www\./, '');

/** Whether the element could be patched to show a link. A refused destination leaves its text in a `span.refused-link`. */
export function patchLink(element: Element, node: Link, options: MarkdownOptions): boolean {
  const link = safeLink(node.href, options);
  if ((link ? 'A' : 'SPAN') !== element.tagName) return false;
  if (!link) {
    element.className = 'refused-link';
    return true;
  }
  // The text may name another site than the one it leads to, so the actual host, in ASCII form, is available for
  // display.
  const named = NAMED_HOST.exec(textOf(namesIn(node.children)).toLowerCase())?.[0] ?? '';
  const isHostVisible = link.host === '' || withoutWww(named) === withoutWww(link.host);
  const host = isHostVisible ? '' : link.host;
  setLink(element, link.href, node.title || host);
  setOrRemove(element, 'data-host', host);
  setOrRemove(element, 'data-claim', !isHostVisible && named !== '' ? 'other' : '');
  return true;
}

/** Makes the element a link that tells its destination nothing of the page. */
export function setLink(element: Element, href: string, title: string): void {
  if (element.getAttribute('href') !== href) element.setAttribute('href', href);
  // A new tab would open the page again instead of moving to the place in it.
  const isInPage = href.startsWith(`${location.href.split('#')[0]}#`);
  setOrRemove(element, 'target', isInPage ? '' : '_blank');
  element.setAttribute('rel', 'noopener noreferrer nofollow ugc');
  setOrRemove(element, 'title', shownAs('name', title));
}

/** Sets an attribute, or removes it if the value is empty. */
export function setOrRemove(element: Element, name: string, value: string): void {
  if (value !== '') element.setAttribute(name, value);
  else element.removeAttribute(name);
}
