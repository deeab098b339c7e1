/** Reads the text of a page of HTML, without what surrounds it on every page. */
import { Parser } from 'htmlparser2';
import { cleanText, type Block, type ReadDocument } from './pieces.ts';

/** What is not the text of a page, or is on every one. */
const SKIPPED = new Set(
  'script style noscript template svg math iframe object canvas nav header footer aside form button select dialog'.split(
    ' ',
  ),
);
/** Elements whose end is the end of a paragraph. */
const BLOCKS = new Set(
  'p div section article main li dt dd tr pre blockquote figcaption table ul ol dl hr br address summary details'.split(
    ' ',
  ),
);
const HEADING = /^h([1-6])$/;
/** Far more links than a page has. */
const MAX_LINKS = 2_000;

/** Reads a page. @param url its address, against which its links are resolved */
export function readHtml(html: string, url: string): ReadDocument {
  const page = new Page(url);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        page.open(name, attributes);
      },
      ontext: (text) => {
        page.text(text);
      },
      onclosetag: (name) => {
        page.close(name);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html);
  return page.end();
}

type Attributes = Readonly<Record<string, string>>;

class Page {
  #base: string;
  #title = '';
  #isInTitle = false;
  #isHidden = false;
  #follows = true;
  /** How deep the parser is within an element that is skipped, and within the main one. */
  #skipped = 0;
  #main = 0;
  #text = '';
  #heading: { level: number; anchor: string } | undefined;
  /** The id of a section that has just begun: a heading at its beginning is found by it. */
  #sectionId = '';
  readonly #all: Block[] = [];
  readonly #inMain: Block[] = [];
  readonly #links = new Set<string>();

  constructor(url: string) {
    this.#base = url;
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'a') this.#link(attributes);
    if (this.#skipped > 0) this.#skipped += 1;
    else if (name === 'title') this.#isInTitle = true;
    else if (name === 'meta' && attributes.name?.toLowerCase() === 'robots') this.#robots(attributes);
    else if (name === 'base') this.#base = URL.parse(attributes.href ?? '', this.#base)?.href ?? this.#base;
    else if (SKIPPED.has(name) || isHidden(attributes)) this.#skipped = 1;
    else this.#begin(name, attributes);
  }

  #begin(name: string, attributes: Attributes): void {
    const isMain = name === 'main' || attributes.role === 'main';
    if (this.#main > 0 || isMain) {
      if (this.#main === 0) this.#flush();
      this.#main += 1;
    }
    const [, level] = HEADING.exec(name) ?? [];
    if (level !== undefined) {
      this.#flush();
      this.#heading = { level: Number(level), anchor: attributes.id ?? this.#sectionId };
      this.#sectionId = '';
    } else if (BLOCKS.has(name)) {
      this.#flush();
      if (name === 'section' || name === 'article') this.#sectionId = attributes.id ?? '';
    } else if (name === 'td' || name === 'th') this.#text += this.#text === '' ? '' : ' | ';
    if (this.#heading?.anchor === '') this.#heading.anchor = attributes.id ?? attributes.name ?? '';
  }

  text(text: string): void {
    if (this.#isInTitle) this.#title += text;
    else if (this.#skipped === 0) this.#text += text;
  }

  close(name: string): void {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    if (name === 'title') this.#isInTitle = false;
    else if (HEADING.test(name) || BLOCKS.has(name)) this.#flush();
    if (this.#main > 0 && !NEVER_OPENED.has(name)) this.#main -= 1;
    if (this.#main === 0 && name === 'main') this.#flush();
  }

  end(): ReadDocument {
    this.#flush();
    const blocks = this.#inMain.some(({ kind }) => kind === 'text') ? this.#inMain : this.#all;
    const first = blocks.find((block) => block.kind === 'heading');
    const named = cleanText(this.#title).replaceAll('\n', ' ');
    const title = named === '' ? (first?.text ?? this.#base) : named;
    const links = this.#follows ? [...this.#links] : [];
    return { title, blocks, links, ...(this.#isHidden ? { isHidden: true } : {}) };
  }

  #flush(): void {
    const text = cleanText(this.#text.replace(/\s+/g, ' '));
    this.#text = '';
    const heading = this.#heading;
    this.#heading = undefined;
    if (text === '') return;
    const block: Block =
      heading === undefined ? { kind: 'text', text } : { kind: 'heading', text, ...heading };
    this.#all.push(block);
    if (this.#main > 0) this.#inMain.push(block);
  }

  #link({ href, rel }: Attributes): void {
    if (href === undefined || this.#links.size >= MAX_LINKS || /\bnofollow\b/i.test(rel ?? '')) return;
    const url = URL.parse(href, this.#base);
    if (url === null || !/^https?:$/.test(url.protocol)) return;
    url.hash = '';
    this.#links.add(url.href);
  }

  #robots({ content = '' }: Attributes): void {
    if (/\b(noindex|none)\b/i.test(content)) this.#isHidden = true;
    if (/\b(nofollow|none)\b/i.test(content)) this.#follows = false;
  }
}

/** Elements that `#begin` does not see, but whose end is reported. */
const NEVER_OPENED = new Set(['title', 'meta', 'base']);

const isHidden = (attributes: Attributes): boolean =>
  attributes.hidden !== undefined || attributes['aria-hidden'] === 'true' || attributes.role === 'navigation';
