/** Links whose destination contains spaces, which CommonMark does not allow and people write. */
import { toUri } from '../inline/link-syntax.ts';
import type { InlineHost } from '../inline/rare-contract.ts';
import { unescapeText } from '../inline/unescape.ts';

/** An address or a path with spaces, then perhaps a title; up to `)` or up to the end of the text. */
const SPACED_TARGET =
  /\]\([ \t]{0,9}((?:\w+:|\.{0,2}\/)(?:[^\n()"<>\\]|\([^\n()"<>\\]*\)){1,1000}?)(?:[ \t]+"([^"\n]{0,1000})")?[ \t]{0,9}(?:\)|$)/iy;

const TITLE_IN_PARENTHESES = /\]\(\S+\s+\([^()]*\)\s*\)/y;

/** Reads the `]` at `host.at` with the target of the link, in the dialect of a chat. */
export function readSpacedLink(host: InlineHost): boolean {
  SPACED_TARGET.lastIndex = TITLE_IN_PARENTHESES.lastIndex = host.at;
  if (!host.isChat || TITLE_IN_PARENTHESES.test(host.text)) return false;
  const [whole, destination = '', title = ''] = SPACED_TARGET.exec(host.text) ?? [];
  if (whole === undefined) return false;
  const definition = { href: toUri(destination), title: unescapeText(title) };
  const target = whole.endsWith(')') ? { definition, end: host.at + whole.length } : 'cut-off';
  host.at = host.brackets.close(host, target);
  return true;
}
