/** Renders images. */
import { shownAs } from '../unusual.ts';
import type { InlineNode } from '../inline/inline-node.ts';
import { DEFAULT_LABELS, parseUrl, safeLink, type MarkdownOptions } from '../options.ts';
import { setLink, setOrRemove } from '../view/link-element.ts';

type Image = Extract<InlineNode, { kind: 'image' }>;

/** An image that may not be loaded becomes a link to it, or only its description if the link is refused as well. */
export function createImage(node: Image, options: MarkdownOptions): HTMLElement {
  const source = safeImage(node.src, options);
  if (source === undefined) return createImagePlaceholder(node, options);
  const image = document.createElement('img');
  image.alt = shownAs('name', node.alt);
  image.loading = 'lazy';
  image.decoding = 'async';
  image.referrerPolicy = 'no-referrer';
  setOrRemove(image, 'title', shownAs('name', node.title));
  image.src = source;
  return image;
}

function createImagePlaceholder(node: Image, options: MarkdownOptions): HTMLElement {
  const link = safeLink(node.src, options);
  const placeholder = document.createElement(link ? 'a' : 'span');
  placeholder.className = 'blocked-image';
  placeholder.textContent = shownAs('name', node.alt) || (options.labels?.image ?? DEFAULT_LABELS.image);
  if (link) {
    setLink(placeholder, link.href, node.title);
    setOrRemove(placeholder, 'data-host', link.host);
  }
  return placeholder;
}

/** Returns the URL of an image that may be loaded; undefined for any other. */
function safeImage(source: string, options: MarkdownOptions): string | undefined {
  const url = parseUrl(options.resolveLink?.(source) ?? source, document.baseURI);
  const isRemote = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isRemote && options.isImageAllowed?.(url) === true ? url.href : undefined;
}
