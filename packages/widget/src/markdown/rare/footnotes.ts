/** Footnotes: `[^label]` in the text, and `[^label]: text` at the start of a line. */
import type { BlockStart } from '../blocks/block-contract.ts';
import { normalizeLabel } from '../inline/link-syntax.ts';
import type { InlineHost } from '../inline/rare-contract.ts';
import { addSpecial } from './special.ts';
import { addSourceMark } from './source-marks.ts';

const DEFINITION = /^\[\^([^\]\s]{1,99})\]:[ \t]*/;
const MARK = /\[\^([^\]\s^]{1,99})(\^?)\]/y;
const UNFINISHED_MARK = /\[\^[^\]\s]{0,100}$/y;

/** Starts the text of a footnote. Footnotes that follow each other are one list. */
export const startFootnote: BlockStart = (line, blocks) => {
  const [whole, label] = (line.isIndented ? null : DEFINITION.exec(line.content)) ?? [];
  if (whole === undefined || label === undefined || !blocks.canNest) return 'none';
  blocks.closeUnmatched();
  const { tip } = blocks;
  const isFirst = tip.kind !== 'list' || tip.marker !== '^';
  // A list that begins with [^3] counts from 3, as its marks do.
  const start = /^[1-9]\d{0,4}$/.test(label) ? Number(label) : 1;
  const number = isFirst ? start : tip.start + tip.children.length;
  line.skipSpace();
  line.skipCharacters(whole.length);
  if (isFirst)
    blocks.open({
      kind: 'list',
      phase: 'open',
      children: [],
      isOrdered: true,
      start,
      marker: '^',
      isTight: true,
    });
  blocks.define(normalizeLabel(`^${label}`), { href: '', title: String(number) });
  blocks.open({ kind: 'item', phase: 'open', children: [], contentColumn: 4, nestedFrom: 2 });
  return 'container';
};

/** Reads a mark: a link to its footnote, or a source mark if a number has none. */
export function readFootnoteMark(host: InlineHost): boolean {
  MARK.lastIndex = UNFINISHED_MARK.lastIndex = host.at;
  const [whole, label = '', isSource] = MARK.exec(host.text) ?? [];
  if (whole === undefined) {
    if (!host.isGrowing || !UNFINISHED_MARK.test(host.text)) return false;
    host.at = host.text.length;
    return true;
  }
  const key = normalizeLabel(`^${label}`);
  const number = host.lookUp(key)?.title;
  if (number === undefined) host.brackets.missingLabels.push(key);
  if (number !== undefined && isSource === '') {
    host.at += whole.length;
    addSpecial(host, `footnote ${number}`, () => createMark(number));
    return true;
  }
  if (!/^\d{1,3}$/.test(label)) return false;
  host.at += whole.length;
  addSourceMark(host, { number: Number(label) });
  return true;
}

/** The link moves the focus itself: a fragment of the address does not reach into a shadow tree. */
function createMark(number: string): HTMLElement {
  const link = document.createElement('a');
  link.href = `#${number}`;
  link.textContent = number;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    const root = link.closest('.markdown') ?? link.getRootNode();
    if (!(root instanceof Element || root instanceof DocumentFragment)) return;
    const lists = [...root.querySelectorAll<HTMLOListElement>('ol[data-notes]')];
    const note = lists.map((list) => list.children[Number(number) - list.start]).find(Boolean);
    if (!(note instanceof HTMLElement)) return;
    note.tabIndex = -1;
    note.focus({ preventScroll: true });
    note.scrollIntoView({ block: 'nearest' });
  });
  const mark = document.createElement('sup');
  mark.className = 'footnote';
  mark.append(link);
  return mark;
}
