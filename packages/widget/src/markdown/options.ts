/** Options for rendered Markdown, with their defaults. */

import type { Dialect } from './dialect.ts';
import type { MathOptions } from './math.ts';

/** Texts for assistive technology and placeholders. */
export interface MarkdownLabels {
  /** Name of the scroll container around a table. */
  table: string;
  /** Placeholder for a blocked image without a description. */
  image: string;
  /** Name of the checkbox of a task. */
  task: string;
}

/** A finished code block. */
export interface CodeInfo {
  /** The code, with a line end at its end. */
  text: string;
  /** First word of the info string as written; empty if there is none. */
  language: string;
}

/** What the embedding application decides. */
export interface MarkdownOptions {
  /** Whether an image may be loaded. Default: none; its description becomes a link to it. */
  isImageAllowed?: (url: URL) => boolean;
  /**
   * Maps a destination to the one to use, or to undefined to show only the text. The result must still be http, https,
   * mailto, tel or relative. Default: relative destinations are refused.
   */
  resolveLink?: (destination: string) => string | undefined;
  /** Default: commonmark. */
  dialect?: Dialect | undefined;
  /** Enables formulas; without it they stay text. */
  math?: MathOptions | undefined;
  /**
   * Called once for each code block that will not change any more; the surrounding `<figure>` is `pre.parentElement`.
   */
  decorateCode?: (pre: HTMLElement, code: CodeInfo) => void;
  /** Texts that replace the English defaults. */
  labels?: Partial<MarkdownLabels>;
}

/** English texts. */
export const DEFAULT_LABELS: MarkdownLabels = { table: 'Table', image: 'Image', task: 'Task' };

const LINK_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);
/**
 * Reserved domain that never resolves (RFC 2606). Relative destinations are parsed against it only to find their
 * scheme.
 */
const NO_BASE = 'https://relative.invalid/';

/** A destination that may be used. */
export interface SafeLink {
  /** Value of the attribute. */
  href: string;
  /** Host and port; empty for mailto, tel, relative destinations and those on the host of the page. */
  host: string;
}

/** Returns the link for a destination; undefined if it must stay text. */
export function safeLink(destination: string, options: MarkdownOptions): SafeLink | undefined {
  const href = options.resolveLink ? options.resolveLink(destination) : absolute(destination);
  // Parsed by the parser that will follow the link, so that tabs, entities and control characters cannot hide a scheme.
  const url = href === undefined ? undefined : parseUrl(href, NO_BASE);
  if (href === undefined || !url || !LINK_SCHEMES.has(url.protocol)) return undefined;
  const host = parseUrl(href, document.baseURI)?.host ?? '';
  return { href, host: host === location.host ? '' : host };
}

function absolute(destination: string): string | undefined {
  return parseUrl(destination) ? destination : undefined;
}

/** Parses a URL; undefined if it is none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
