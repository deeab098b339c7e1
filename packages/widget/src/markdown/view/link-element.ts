/** Sets the attributes of links. */
import { textOf, type InlineNode } from '../inline/inline-node.ts';
import { safeLink, type MarkdownOptions } from '../options.ts';

type Link = Extract<InlineNode, { kind: 'link' }>;

/** Text that looks like a host name. Any script counts, as a deceptive host may use letters of another script. */
const NAMES_HOST = /[\p{L}\p{N}]\.\p{L}{2}/u;

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
  const words = textOf(node.children).toLowerCase();
  const isHostVisible = link.host === '' || words.includes(link.host);
  const host = isHostVisible ? '' : link.host;
  setLink(element, link.href, node.title || host);
  setOrRemove(element, 'data-host', host);
  setOrRemove(element, 'data-claim', !isHostVisible && NAMES_HOST.test(words) ? 'other' : '');
  return true;
}

/** Makes the element a link that tells its destination nothing of the page. */
export function setLink(element: Element, href: string, title: string): void {
  if (element.getAttribute('href') !== href) element.setAttribute('href', href);
  // A new tab would open the page again instead of moving to the place in it.
  const isInPage = href.startsWith(`${location.href.split('#')[0]}#`);
  setOrRemove(element, 'target', isInPage ? '' : '_blank');
  element.setAttribute('rel', 'noopener noreferrer nofollow ugc');
  setOrRemove(element, 'title', title);
}

/** Sets an attribute, or removes it if the value is empty. */
export function setOrRemove(element: Element, name: string, value: string): void {
  if (value !== '') element.setAttribute(name, value);
  else element.removeAttribute(name);
}
