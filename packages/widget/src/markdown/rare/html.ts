/**
 * HTML that models write, read into the nodes of the Markdown reader: never as HTML, and without attributes except `href`,
 * `src` and `alt`, which are checked like those of links and images. Tags without a meaning of their own are dropped;
 * unknown ones, such as `<script>`, stay text with all that they contain.
 */
import { decodeReference } from './character-reference.ts';
import type { HtmlTag, MarkKind } from '../inline/inline-node.ts';
import { toUri } from '../inline/link-syntax.ts';
import { Piece } from '../inline/piece.ts';
import type { InlineHost, OpenTag } from '../inline/rare-contract.ts';

/** Unlike a link in angles. */
const START = /<(?:\/?[a-z]+\d?[\s/>]|!-)/iy;
const NAME = /<(\/?)([a-z][a-z\d]*)/iy;
const TAG =
  /<\/?[a-z][a-z\d]*((?:\s+[a-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'=<>`]{1,2000}))?){0,50})\s*\/?>/iy;
const COMMENT = /<!--(?:[^-]|-(?!->)){0,4000}-->/y;
const MAX_TAG_CHARS = 2_000;
/** Deeper elements are dropped; their content stays. The renderer recurses once per level. */
const MAX_OPEN_TAGS = 12;

/** Elements by name; an empty name drops the tag and keeps its content. */
const INLINE: Readonly<Record<string, MarkKind | 'link' | ''>> = {
  a: 'link',
  sub: 'sub',
  sup: 'sup',
  kbd: 'kbd',
  b: 'b',
  strong: 'strong',
  i: 'i',
  em: 'emphasis',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 'strike',
  mark: 'mark',
  small: 'small',
  span: '',
  font: '',
  abbr: '',
  cite: '',
  dfn: '',
  var: '',
  samp: '',
  q: '',
  label: '',
  time: '',
  bdi: '',
  nobr: '',
  wbr: '',
};
const BLOCK: Readonly<Record<string, HtmlTag>> = {
  p: 'p',
  div: 'div',
  center: 'div',
  section: 'div',
  article: 'div',
  header: 'div',
  footer: 'div',
  figure: 'div',
  figcaption: 'div',
  details: 'div',
  summary: 'p',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  blockquote: 'blockquote',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tbody',
  tr: 'tr',
  td: 'td',
  th: 'th',
  dl: 'dl',
  dt: 'dt',
  dd: 'dd',
  h1: 'h1',
  h2: 'h2',
  h3: 'h3',
  h4: 'h4',
  h5: 'h5',
  h6: 'h6',
};
const VOID = new Set(['br', 'hr', 'img']);
/** Content is text, not Markdown. */
const VERBATIM = new Set(['code', 'tt', 'pre']);
/** Open elements that end where another one begins. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  li: ['li'],
  p: ['p'],
  td: ['td', 'th'],
  th: ['td', 'th'],
  tr: ['td', 'th', 'tr'],
  dt: ['dt', 'dd'],
  dd: ['dt', 'dd'],
};

/** Reads the tag or comment at `host.at`. Returns false if it is text. */
export function readTag(host: InlineHost): boolean {
  if (!matchAt(START, host)) return false;
  const comment = matchAt(COMMENT, host);
  if (comment) return skipTo(host, host.at + comment[0].length);
  const [, slash, written = ''] = matchAt(NAME, host) ?? [];
  const name = written.toLowerCase();
  if (!isKnown(name) && written !== '') return false;
  const tag = matchAt(TAG, host);
  if (!tag) {
    const isUnfinished = host.isGrowing && host.text.length - host.at < MAX_TAG_CHARS;
    return isUnfinished && !host.text.includes('>', host.at) && skipTo(host, host.text.length);
  }
  // CommonMark: no attributes in the end of an element.
  if (slash === '/' && tag[1] !== '') return false;
  host.at += tag[0].length;
  if (slash === '/') close(host, name);
  else if (VOID.has(name)) addVoid(host, name, tag[1] ?? '');
  else if (VERBATIM.has(name)) addVerbatim(host, name);
  else open(host, name, tag[1] ?? '');
  if (isBlock(name)) skipSpace(host);
  return true;
}

/** Closes what is open at the end of a text. A lone inline tag of a complete text has no effect. */
export function endTags(host: InlineHost): void {
  for (let tag = host.tags.at(-1); tag; tag = host.tags.at(-1)) {
    if (host.isGrowing || isBlock(tag.name)) closeLast(host);
    else host.tags.pop();
  }
}

const isBlock = (name: string): boolean =>
  Object.hasOwn(BLOCK, name) || name === 'br' || name === 'hr' || name === 'pre';

const isKnown = (name: string): boolean =>
  Object.hasOwn(INLINE, name) || Object.hasOwn(BLOCK, name) || VOID.has(name) || VERBATIM.has(name);

function skipTo(host: InlineHost, offset: number): true {
  host.at = offset;
  return true;
}

function open(host: InlineHost, name: string, attributes: string): void {
  const ends = ENDS[name] ?? [];
  while (ends.includes(host.tags.at(-1)?.name ?? '')) closeLast(host);
  if (isBlock(name)) trimEnd(host);
  if (name === 'li' && !host.tags.some((tag) => tag.name === 'ul' || tag.name === 'ol'))
    push(host, { name: 'ul', kind: 'ul' });
  const kind = INLINE[name] ?? BLOCK[name] ?? '';
  if (kind !== '') push(host, { name, kind }, name === 'a' ? toUri(attributeOf(attributes, 'href')) : '');
  if (name === 'summary') push(host, { name, kind: 'strong' });
}

function push(host: InlineHost, tag: Pick<OpenTag, 'name' | 'kind'>, href = ''): void {
  if (host.tags.length >= MAX_OPEN_TAGS) return;
  const piece = host.root.append(new Piece('text'));
  host.tags.push({ ...tag, piece, delimiter: host.delimiters.top, href });
}

function close(host: InlineHost, name: string): void {
  if (isBlock(name)) trimEnd(host);
  let index = host.tags.findLastIndex((tag) => tag.name === name);
  if (index < 0) return;
  if (name === 'summary') index--;
  while (host.tags.length > Math.max(0, index)) closeLast(host);
}

function closeLast(host: InlineHost): void {
  const tag = host.tags.pop();
  // A link or a mark has closed around it.
  if (tag?.piece.parent !== host.root) return;
  if (isBlock(tag.name)) trimEnd(host);
  host.delimiters.resolve(tag.delimiter);
  host.delimiters.dropAbove(tag.delimiter);
  const element = new Piece(tag.kind);
  element.href = tag.href;
  if (!tag.piece.next || !element.takeBetween(tag.piece, undefined)) return;
  tag.piece.remove();
  host.root.append(element);
}

function addVoid(host: InlineHost, name: string, attributes: string): void {
  if (name === 'img') {
    const image = host.root.append(new Piece('image'));
    image.href = toUri(attributeOf(attributes, 'src'));
    image.append(new Piece('text', attributeOf(attributes, 'alt')));
    return;
  }
  if (name === 'hr') trimEnd(host);
  host.root.append(new Piece(name === 'hr' ? 'hr' : 'break'));
}

function addVerbatim(host: InlineHost, name: string): void {
  const end = host.text.slice(host.at, host.at + 4 * MAX_TAG_CHARS).search(new RegExp(`</${name}\\s*>`, 'i'));
  if (end < 0 && !host.isGrowing) return;
  const content = end < 0 ? host.text.slice(host.at) : host.text.slice(host.at, host.at + end);
  const text = decode(content.replace(/<\/?code(?:\s[^<>]*)?>/gi, ''));
  if (name === 'pre') {
    trimEnd(host);
    host.root.append(new Piece('pre')).append(new Piece('text', text));
  } else host.root.append(new Piece('code', text));
  host.at = end < 0 ? host.text.length : host.text.indexOf('>', host.at + end) + 1;
}

/** Removes spaces and line breaks before a block. */
function trimEnd({ root, tags }: InlineHost): void {
  for (let { last } = root; last && last !== tags.at(-1)?.piece; { last } = root) {
    if (last.kind === 'text') last.text = last.text.trimEnd();
    if (last.kind !== 'break' && (last.kind !== 'text' || last.text !== '')) return;
    last.remove();
  }
}

function skipSpace(host: InlineHost): void {
  while (/\s/.test(host.text.charAt(host.at))) host.at++;
}

function attributeOf(attributes: string, name: string): string {
  const match =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`, 'i').exec(attributes) ?? [];
  return decode((match[1] ?? match[2] ?? match[3] ?? '').trim());
}

const decode = (text: string): string =>
  text.replace(/&#?\w{1,31};/g, (reference) => decodeReference(reference) ?? reference);

function matchAt(pattern: RegExp, { text, at }: InlineHost): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
