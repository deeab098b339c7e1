/** Turns `[1]` in a text that is whole into a button that shows the source of that number. */

export interface Citations {
  /** How many sources there are; a higher number is left as it is. */
  count: number;
  label: (number: number) => string;
  press: (number: number) => void;
}

const CITATION = /\[(\d{1,3})\]/g;
/** What is not prose. */
const NOT_IN = 'pre, code, a, button';

/** May be called again: what is a button already is none of the text. */
export function markCitations(text: Element, citations: Citations): void {
  // A bracket may be a text node of its own.
  text.normalize();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode() !== null) if (walker.currentNode instanceof Text) nodes.push(walker.currentNode);
  for (const node of nodes) if (node.parentElement?.closest(NOT_IN) === null) mark(node, citations);
}

function mark(node: Text, citations: Citations): void {
  for (const match of [...node.data.matchAll(CITATION)].toReversed()) {
    const number = Number(match[1]);
    if (number < 1 || number > citations.count) continue;
    node.splitText(match.index + match[0].length);
    node.splitText(match.index).replaceWith(createButton(number, citations));
  }
}

function createButton(number: number, { label, press }: Citations): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'citation';
  button.textContent = String(number);
  button.title = label(number);
  button.setAttribute('aria-label', label(number));
  button.addEventListener('click', () => {
    press(number);
  });
  return button;
}
