/** Turns `[1]` in a complete text into a button that shows the source of that number. */

/** How citations are rendered. */
export interface Citations {
  /** Number of sources; greater numbers stay text. */
  count: number;
  /** Accessible name of the button for a source, counted from 1. */
  label: (number: number) => string;
  /** Called when the button for a source is pressed. */
  press: (number: number) => void;
}

const CITATION = /\[(\d{1,3})\]/g;
/** Elements whose text holds no citations. */
const NOT_IN = 'pre, code, a, button';

/** Replaces the citations within an element. May be called again: existing buttons are skipped. */
export function markCitations(text: Element, citations: Citations): void {
  // The parser may have put a bracket into a text node of its own.
  text.normalize();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode() !== null) if (walker.currentNode instanceof Text) nodes.push(walker.currentNode);
  for (const node of nodes) if (node.parentElement?.closest(NOT_IN) === null) mark(node, citations);
}

/**
 * Shows the marks that models leave for their sources as citations, where the source is known.
 *
 * @param numberOf returns the number of a source by the name of its file, counted from 1; 0 if there is none
 */
export function showSourceMarks(
  text: Element,
  numberOf: (name: string) => number,
  citations: Citations,
): void {
  for (const element of text.querySelectorAll<HTMLElement>('.source-mark')) {
    const { name, number: written } = element.dataset;
    const number = name === undefined ? Number(written ?? 0) : numberOf(name);
    const isShown = number >= 1 && number <= citations.count;
    element.hidden = !isShown;
    element.replaceChildren(...(isShown ? [createButton(number, citations)] : []));
  }
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
