/** Bare URLs and e-mail addresses (GFM 6.9). */
import type { InlineNode } from './inline-node.ts';
import { encodeUri } from './link-syntax.ts';
import { UNSPACED } from './unspaced.ts';

// Domain names have at most 253 characters (RFC 1035): without the bound, each start in a long run would be scanned to
// its end.
const DOMAIN = /^(?:(?:https?|ftp):\/\/|(?=www\.))(?=[\p{L}\p{N}])([^/?#:]{1,253})(?![^/?#:])/iu;
/** GFM: no underscore in the last two labels of a domain. */
const LATE_UNDERSCORE = /_[^.]*\.?[^.]*$/;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
/** ASCII that a URL may contain, without brackets. */
const ASCII = '!#-;=?-Z\\\\^_a-~';
const LETTER = '[\\p{L}\\p{M}\\p{N}]';
/**
 * A URL ends where a reader would end it: before a space, a quote or an angle bracket, also written as a character
 * reference; before punctuation of any script but ASCII; before a square bracket that is closed outside; before a
 * second URL, unless it is a part of the path or the query; and before the words of a script without spaces, unless a
 * part of the URL begins with them. The length is bounded so that thousands of starts cost little.
 */
const URL_TEXT = new RegExp(
  `(?:[a-z]{3,5}://|www\\.)(?=[\\p{L}\\p{N}])(?:(?!&(?:lt|gt|quot|apos|nbsp|#\\w{1,7});|(?<![\\w/=?&#%:@.+-])(?:https?:|www\\.))(?:[${ASCII}]|\\[[${ASCII}]*\\]|(?=[^\\0-\\x7f])${LETTER}(?:(?<![${UNSPACED}])|(?<=[${UNSPACED}/=?&#%+._-].)))){1,2048}`,
  'iuy',
);

/** A link found in text. */
export interface Autolink {
  /** Destination. */
  href: string;
  /** Text to show. */
  text: string;
  /** Offset after the link. */
  end: number;
}

/** Reads `https://…`, `ftp://…` or `www.…` at `offset`, without trailing punctuation. */
export function readBareUrl(text: string, offset: number): Autolink | undefined {
  const isWww = /^w/i.test(text.charAt(offset));
  if ((isWww ? /[\w./:@-]/ : /[a-z0-9]/i).test(text.charAt(offset - 1))) return undefined;
  URL_TEXT.lastIndex = offset;
  const url = trimUrl(URL_TEXT.exec(text)?.[0] ?? '');
  if (LATE_UNDERSCORE.test(DOMAIN.exec(url)?.[1] ?? '_')) return undefined;
  const shown = url.replaceAll('&amp;', '&');
  const href = encodeUri((isWww ? `http://${shown}` : shown).replaceAll('\\', '%5C'));
  return { href, text: shown, end: offset + url.length };
}

/** Removes trailing punctuation, what follows an unbalanced bracket, and a trailing character reference (GFM 6.9). */
function trimUrl(text: string): string {
  const closed = text.includes('(') ? -1 : text.search(/\)[,.;:!?]/);
  const url = closed < 0 ? text : text.slice(0, closed);
  let end = url.length;
  let surplus = url.split(')').length - url.split('(').length;
  for (;;) {
    const last = url.charAt(end - 1);
    if (last === ')' && surplus > 0) surplus--;
    else if (last === ';') {
      const reference = /&[a-zA-Z0-9]{1,31};$/.exec(url.slice(Math.max(0, end - 33), end))?.[0];
      end -= (reference?.length ?? 1) - 1;
    } else if (last === '' || !(url.includes('{') ? TRAILING : TRAILING_OR_BRACE).test(last))
      return url.slice(0, end);
    end--;
  }
}

const TRAILING = /[?!.,:*_~|']/;
const TRAILING_OR_BRACE = /[?!.,:*_~|'}]/;

/** Splits `text` into nodes, with its e-mail addresses as links. */
export function linkEmails(text: string): InlineNode[] {
  if (!text.includes('@')) return [{ kind: 'text', text }];
  const nodes: InlineNode[] = [];
  let from = 0;
  for (const match of text.matchAll(EMAIL)) {
    const address = match[0].replace(/\.$/, '');
    const end = match.index + address.length;
    if (/[-_]$/.test(address) || /^[-_]/.test(text.slice(end))) continue;
    if (match.index > from) nodes.push({ kind: 'text', text: text.slice(from, match.index) });
    const children: InlineNode[] = [{ kind: 'text', text: address }];
    nodes.push({ kind: 'link', href: `mailto:${address}`, title: '', children });
    from = end;
  }
  if (from < text.length) nodes.push({ kind: 'text', text: text.slice(from) });
  return nodes;
}
