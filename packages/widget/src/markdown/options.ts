/** What the page around may decide about rendered Markdown, and what decides it by default. */

import type { MathOptions } from './math.ts';

/** Words that only assistive technology or a placeholder shows. */
export interface MarkdownLabels {
  /** Names the scrolling box around a table. */
  table: string;
  /** Stands for a blocked image without a description. */
  image: string;
  /** Names the box of a task. */
  task: string;
}

/** A settled code block. */
export interface CodeInfo {
  /** The code, ending in a line end. */
  text: string;
  /** First word of the info string as written, empty when there is none. */
  language: string;
}

export interface MarkdownOptions {
  /** Says whether an image may be loaded. Default: none is; its description becomes a link to it. */
  isImageAllowed?: (url: URL) => boolean;
  /**
   * Turns a destination as written into the one to use, `undefined` to show the words alone. What it gives back must
   * still be http, https, mailto or tel, or relative. Default: relative destinations are refused, because a model
   * does not know the page it talks on.
   */
  resolveLink?: (destination: string) => string | undefined;
  /** Formulas are text unless this is there. */
  math?: MathOptions | undefined;
  /** Called once for each code block that will not change any more; the `<figure>` around is `pre.parentElement`. */
  decorateCode?: (pre: HTMLElement, code: CodeInfo) => void;
  labels?: Partial<MarkdownLabels>;
}

export const DEFAULT_LABELS: MarkdownLabels = { table: 'Table', image: 'Image', task: 'Task' };

const LINK_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);
/** Reserved, never resolved (RFC 2606): relative destinations are read against it only to see their scheme. */
const NO_BASE = 'https://relative.invalid/';

export interface SafeLink {
  /** What goes into the attribute. */
  href: string;
  /** Host and port, empty for mailto, tel and relative destinations. */
  host: string;
}

/** The link for a destination, `undefined` when it must stay text. */
export function safeLink(destination: string, options: MarkdownOptions): SafeLink | undefined {
  const href = options.resolveLink ? options.resolveLink(destination) : absolute(destination);
  // Read by the parser that will follow the link, so that tabs, entities and control characters cannot hide a scheme.
  const url = href === undefined ? undefined : parseUrl(href, NO_BASE);
  if (href === undefined || !url || !LINK_SCHEMES.has(url.protocol)) return undefined;
  return { href, host: parseUrl(href)?.host ?? '' };
}

/** The address of an image that may be loaded. */
export function safeImage(source: string, options: MarkdownOptions): string | undefined {
  const url = parseUrl(source);
  const isRemote = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isRemote && options.isImageAllowed?.(url) === true ? url.href : undefined;
}

function absolute(destination: string): string | undefined {
  return parseUrl(destination) ? destination : undefined;
}

function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
