/** An Aho-Corasick automaton: finds any number of words in one pass, in time linear in the text. */
import { foldText } from './fold-text.ts';

/** One entry of a word list. */
export interface WordEntry {
  /** Its place in the list, from 1. It is logged in place of the word. */
  place: number;
  /** Folded code points. */
  length: number;
  /** Whether it may be the end of a longer word. */
  isOpenBefore: boolean;
  /** Whether it may be the beginning of a longer word. */
  isOpenAfter: boolean;
}

/** A state: the longest beginning of an entry that the text ends with. */
export interface WordNode {
  /** Folded code points of the beginning. */
  depth: number;
  next: Map<number, WordNode>;
  /** The next shorter beginning of an entry that the text ends with; that of the root is the root. */
  shorter: WordNode;
  /** The next shorter one that is a whole entry. */
  shorterEntry: WordNode | undefined;
  /** The entries that end here. */
  entries: WordEntry[];
  /** Whether an entry through here may begin within a word. */
  isOpenBefore: boolean;
}

/** Builds the automaton of a word list. A `*` at an end of an entry stands for any rest of a word. */
export function buildAutomaton(words: readonly string[]): WordNode {
  const root = createNode(0);
  root.shorter = root;
  for (const [index, word] of words.entries()) insert(root, word, index + 1);
  link(root);
  return root;
}

/** The state after one more folded code point. */
export function advance(from: WordNode, unit: number): WordNode {
  let node = from;
  for (;;) {
    const next = node.next.get(unit);
    if (next !== undefined) return next;
    if (node.depth === 0) return node;
    node = node.shorter;
  }
}

/** What an entry of a word list says, without the `*` at its ends. */
export function readEntry(word: string): { text: string; isOpenBefore: boolean; isOpenAfter: boolean } {
  const [isOpenBefore, isOpenAfter] = [word.startsWith('*'), word.length > 1 && word.endsWith('*')];
  return { text: word.slice(isOpenBefore ? 1 : 0, isOpenAfter ? -1 : undefined), isOpenBefore, isOpenAfter };
}

function insert(root: WordNode, word: string, place: number): void {
  const { text, isOpenBefore, isOpenAfter } = readEntry(word);
  let node = root;
  const units = foldText(text);
  for (const unit of units) {
    const next = node.next.get(unit) ?? createNode(node.depth + 1);
    node.next.set(unit, next);
    next.isOpenBefore ||= isOpenBefore;
    node = next;
  }
  if (node !== root) node.entries.push({ place, length: units.length, isOpenBefore, isOpenAfter });
}

/** Breadth first: the shorter states are linked before those that need them. */
function link(root: WordNode): void {
  const queue = [root];
  for (const node of queue) {
    for (const [unit, child] of node.next) {
      child.shorter = node === root ? root : advance(node.shorter, unit);
      child.shorterEntry = child.shorter.entries.length > 0 ? child.shorter : child.shorter.shorterEntry;
      queue.push(child);
    }
  }
}

function createNode(depth: number): WordNode {
  const node: Omit<WordNode, 'shorter'> & { shorter?: WordNode } = {
    ...{ depth, next: new Map(), shorterEntry: undefined, entries: [], isOpenBefore: false },
  };
  node.shorter = node as WordNode; // replaced when the states are linked
  return node as WordNode;
}
