/** Normalizes rendered nodes and HTML of a specification so that they can be compared. */

/** Prefix with which specification tests allow every destination, including relative ones and unusual schemes. */
export const ANY_DESTINATION = 'https://any.invalid/#';

const BLOCKS = new Set(
  'P H1 H2 H3 H4 H5 H6 BLOCKQUOTE HR UL OL LI PRE TABLE THEAD TBODY TR TH TD BODY DIV BR'.split(' '),
);
const KEPT = ['href', 'src', 'alt', 'title', 'start', 'align', 'type', 'checked', 'disabled'];

/** Returns HTML of a specification in normal form. */
export function normalHtml(html: string): string {
  return normalize(new DOMParser().parseFromString(html, 'text/html').body);
}

/** Returns the content of a view in normal form. */
export function normalView(target: Element): string {
  const copy = target.cloneNode(true) as Element;
  copy.querySelectorAll('.tight > li > p').forEach((p) => {
    p.replaceWith('\n', ...p.childNodes, '\n');
  });
  copy.querySelectorAll('figure').forEach((figure) => {
    figure.replaceWith(...figure.querySelectorAll('pre'));
  });
  copy.querySelectorAll('.table-scroll').forEach((region) => {
    region.replaceWith(...region.childNodes);
  });
  copy.querySelectorAll('[data-align]').forEach((cell) => {
    cell.setAttribute('align', cell.getAttribute('data-align') ?? '');
  });
  copy.querySelectorAll('.blocked-image').forEach((placeholder) => {
    const image = document.createElement('img');
    const href = placeholder.getAttribute('href') ?? '';
    image.setAttribute('src', href.replace(ANY_DESTINATION, ''));
    const isDescribed = placeholder.textContent !== 'Image';
    image.setAttribute('alt', isDescribed ? placeholder.textContent : '');
    if (placeholder.hasAttribute('title'))
      image.setAttribute('title', placeholder.getAttribute('title') ?? '');
    placeholder.replaceWith(image);
  });
  copy.querySelectorAll('a').forEach((link) => {
    // The renderer sets the host as the title of links without one.
    if (link.title === link.dataset.host) link.removeAttribute('title');
    link.setAttribute('href', (link.getAttribute('href') ?? '').replace(ANY_DESTINATION, ''));
  });
  return normalize(copy);
}

function normalize(root: Element): string {
  const out: string[] = [];
  for (const child of root.childNodes) write(child, out, false);
  return out
    .join('')
    .replace(/\s*(\ue001)\s*/g, '$1')
    .replace(/\ue001+/g, '\n')
    .replaceAll('\ue002', ' ')
    .replaceAll('\ue003', '\n')
    .trim();
}

/**
 * Block boundaries become \ue001, so that white space beside them can be removed; white space in code is kept
 * separately.
 */
function write(node: Node, out: string[], isCode: boolean): void {
  if (node instanceof Text) {
    const text = node.data.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
    out.push(
      isCode ? text.replaceAll(' ', '\ue002').replaceAll('\n', '\ue003') : text.replace(/[ \t\n]+/g, ' '),
    );
    return;
  }
  if (!(node instanceof Element)) return;
  // An HTML parser allows no blocks in a paragraph; `<x-p>` stands for one that has some.
  const name = node.tagName.replace(/^X-P$/, 'P');
  const isBlock = BLOCKS.has(name);
  const border = isBlock ? '\ue001' : '';
  const isInput = node.tagName === 'INPUT';
  const names = KEPT.filter((name) => node.hasAttribute(name));
  const attributes = names.map((name) => ` ${name}="${node.getAttribute(name) ?? ''}"`);
  const language = /language-\S+/.exec(node.className)?.[0];
  if (language !== undefined) attributes.push(` class="${language}"`);
  out.push(`${border}<${name}${attributes.join('')}>${border}`);
  for (const child of node.childNodes) write(child, out, isCode || node.tagName === 'CODE');
  out.push(isInput ? '\ue001' : `${border}</${name}>${border}`);
}
