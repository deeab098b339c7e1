/** Links in angles: `<scheme:…>` and `<a@b>` (CommonMark 6.5). */
import { encodeUri } from '../inline/link-syntax.ts';
import { Piece } from '../inline/piece.ts';
import type { InlineHost } from '../inline/rare-contract.ts';

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const URL = /<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s\0-\x20<>]*)>/y;
// The local part is bounded as in RFC 5321, so that a long run of letters is not scanned repeatedly.
const EMAIL = new RegExp(`<([\\w.!#$%&'*+/=?^\`{|}~-]{1,64}@${LABEL}(?:\\.${LABEL})*)>`, 'y');

/** Reads the link at `host.at`. */
export function readAngleLink(host: InlineHost): boolean {
  URL.lastIndex = EMAIL.lastIndex = host.at;
  const [, url] = URL.exec(host.text) ?? [];
  const text = url ?? EMAIL.exec(host.text)?.[1];
  if (text === undefined) return false;
  const link = new Piece('link');
  link.href = url === undefined ? `mailto:${text}` : encodeUri(url.replaceAll('\\', '%5C'));
  link.append(new Piece('text', text));
  host.root.append(link);
  host.at += text.length + 2;
  return true;
}
