/**
 * Parses the text of the widget's own Lit templates with DOM calls only: `innerHTML` needs a Trusted Types policy, and
 * a page may allow none. It supports exactly what the templates use: no entities, no raw-text elements with content,
 * and every element closed.
 */

/** A marker or comment; a closing tag; an opening tag with its attributes; text. */
const TOKEN =
  /<\?([^>]*)>|<!--([\s\S]*?)-->|<\/([\w-]+)\s*>|<([\w-]+)((?:\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
const HTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';
const VOID = new Set(['input', 'br', 'img', 'hr']);

/**
 * Parses a template.
 *
 * @throws {SyntaxError} on unsupported syntax
 */
export function parseTemplate(text: string): HTMLTemplateElement {
  const template = document.createElement('template');
  // The document of template content is inert: custom elements are upgraded when the template is cloned into the page.
  const open: (DocumentFragment | Element)[] = [template.content];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    read(match, open, template.content.ownerDocument);
  }
  if (end !== text.length || open.length !== 1)
    throw new SyntaxError(`unreadable template: ${text.slice(end, end + 40)}`);
  return template;
}

function read(match: RegExpExecArray, open: (DocumentFragment | Element)[], inert: Document): void {
  const [, marker, comment, closing, tag, attributes = '', slash, text] = match;
  const parent = open.at(-1);
  if (parent === undefined || text?.includes('&')) throw new SyntaxError(`unreadable template: ${match[0]}`);
  if (marker !== undefined) parent.append(inert.createComment(`?${marker}`));
  else if (comment !== undefined) parent.append(inert.createComment(comment));
  else if (text !== undefined) parent.append(text);
  else if (closing !== undefined) open.pop();
  else if (tag !== undefined) {
    const element = inert.createElementNS(namespaceOf(tag, parent), tag);
    for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE))
      element.setAttribute(name, double ?? single ?? bare ?? '');
    parent.append(element);
    if (slash === '' && !VOID.has(tag)) open.push(element);
  }
}

const namespaceOf = (tag: string, parent: ParentNode): string =>
  tag === 'svg' || (parent instanceof Element && parent.namespaceURI === SVG) ? SVG : HTML;
