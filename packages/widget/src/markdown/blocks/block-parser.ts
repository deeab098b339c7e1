/**
 * Parses lines into a tree of blocks, one line at a time, so that the cost of growing text is proportional to what was
 * added.
 */
import {
  canHold,
  isContainer,
  isVerbatim,
  type Block,
  type ContainerBlock,
  type DocumentBlock,
} from './block.ts';
import { continueBlock } from './block-continue.ts';
import type { OpenBlocks, Start } from './block-contract.ts';
import { BLOCK_STARTS, MAYBE_START } from './block-start.ts';
import { MAX_DEFINITION_CHARS, splitDefinitions, type Definition, type Definitions } from './definition.ts';
import type { Dialect } from '../dialect.ts';
import { LineCursor } from './line-cursor.ts';
import type { MathSyntax } from '../math.ts';
import { rareSyntax } from '../inline/rare.ts';
import { fitRow, splitRow } from './table-row.ts';

/**
 * Maximum number of open blocks, including the document and lists: about 24 nested quotes or 12 nested lists. People
 * and models stay below 10. The renderer recurses once per level; deeper nesting is shown as text.
 */
export const MAX_OPEN_BLOCKS = 24;

/** What the parser reads beyond CommonMark. */
export interface Syntax {
  /** Default: commonmark. */
  dialect?: Dialect | undefined;
  /** Syntax of formulas; undefined unless the site enables math. */
  math?: MathSyntax | undefined;
}

/** State of a block before an incomplete line was tried on it. */
interface Saved {
  block: Block;
  fields: Block;
  count: number;
  last: Block | undefined;
}

/** Incremental parser of block structure. */
export class BlockParser implements OpenBlocks {
  /** Root of the tree. */
  readonly document: DocumentBlock = { kind: 'document', phase: 'open', children: [] };
  /** Link reference definitions by normalized label. */
  readonly definitions: Definitions = new Map();
  /** Labels defined since the caller last emptied this list. */
  readonly newLabels: string[] = [];
  /** The block that contains the incomplete line. */
  growing: Block | undefined;
  #open: Block[] = [this.document];
  #matched = 1;
  #isAfterBlank = false;
  #isTrial = false;
  readonly math: MathSyntax | undefined;
  readonly isChat: boolean;

  constructor({ math, dialect }: Syntax) {
    this.math = math;
    this.isChat = dialect === 'chat';
  }

  /** The innermost open block. */
  get tip(): Block {
    return this.#open.at(-1) ?? this.document;
  }

  /** The innermost block that the current line belongs to so far. */
  get container(): Block {
    return this.#open[this.#matched - 1] ?? this.document;
  }

  /** Whether the nesting is below its limit. */
  get canNest(): boolean {
    return this.#matched < MAX_OPEN_BLOCKS;
  }

  /** Parses a complete line, given without its line end. */
  addLine(text: string): void {
    const line = new LineCursor(text);
    if (!this.#matchOpenBlocks(line)) return;
    // If every open block matched, there is no unmatched paragraph that a lazy continuation line could extend.
    const isLazyPossible = this.#matched < this.#open.length && this.tip.kind === 'paragraph';
    const isOpenBefore = this.tip;
    if (this.#startBlocks(line) === 'whole-line') this.#endLine();
    else if (isLazyPossible && isOpenBefore === this.tip && !line.isBlank) this.#addText(line);
    else this.#addRest(line);
  }

  /**
   * Parses a line that may still grow.
   * @returns a function that undoes it; link reference definitions are not collected
   */
  tryLine(text: string): () => void {
    const saved = this.#open.map(save);
    const open = [...this.#open];
    const isAfterBlank = this.#isAfterBlank;
    this.#isTrial = true;
    this.addLine(text);
    this.#isTrial = false;
    return () => {
      saved.forEach(restore);
      this.#open = open;
      this.#isAfterBlank = isAfterBlank;
      this.growing = undefined;
    };
  }

  /** Settles all blocks. No more lines may be added. */
  end(): void {
    while (this.#open.length > 0) this.#closeTip();
  }

  /** Closes the open blocks that the current line does not belong to. */
  closeUnmatched(): void {
    while (this.#open.length > this.#matched) this.#closeTip();
  }

  /** Appends a block to the current container and opens it. */
  open(block: Block): void {
    this.closeUnmatched();
    while (!canHold(this.tip, block)) this.#closeTip();
    const parent = this.tip;
    if (canHold(parent, block)) {
      this.#loosen(parent);
      parent.children.push(block);
    }
    this.#open.push(block);
    this.#matched = this.#open.length;
  }

  /** Adds a definition, unless the line is a trial or the label has one. */
  define(label: string, definition: Definition): void {
    if (this.#isTrial || this.definitions.has(label)) return;
    this.definitions.set(label, definition);
    this.newLabels.push(label);
  }

  /** Replaces the open paragraph by another block. */
  replaceParagraph(block: Block): void {
    if (block.kind === 'heading') block.text = this.#takeDefinitions(this.tip).rest.trimEnd();
    this.#open.pop();
    const parent = this.tip;
    if (isContainer(parent)) parent.children[parent.children.length - 1] = block;
    this.#open.push(block);
  }

  /** Splits the open paragraph: it keeps `text` and is closed. */
  shortenParagraph(text: string): void {
    if (this.tip.kind === 'paragraph') this.tip.text = text;
    this.#matched--;
    this.closeUnmatched();
  }

  /** Matches the open blocks against the line. Returns false if the line is consumed. */
  #matchOpenBlocks(line: LineCursor): boolean {
    this.#matched = 1;
    for (; this.#matched < this.#open.length; this.#matched++) {
      const block = this.#open[this.#matched];
      const next = block ? continueBlock(block, line, this.math) : 'is-over';
      if (next === 'is-over') break;
      if (next === 'goes-on') continue;
      this.closeUnmatched();
      this.#isAfterBlank = false;
      return false;
    }
    return true;
  }

  #startBlocks(line: LineCursor): Start {
    let started: Start = isVerbatim(this.container) ? 'leaf' : 'container';
    while (started === 'container') {
      if (!line.isIndented && !MAYBE_START.test(line.nextCharacter)) break;
      started = tryStarts(line, this);
    }
    if (started !== 'whole-line' && !isVerbatim(this.container)) line.skipSpace();
    return started;
  }

  #endLine(): void {
    const { tip } = this;
    this.#isAfterBlank = false;
    if (this.#isTrial) this.growing = tip;
    if (tip.kind === 'heading' || tip.kind === 'rule') this.#closeTip();
  }

  #addRest(line: LineCursor): void {
    this.closeUnmatched();
    const { tip } = this;
    if (isContainer(tip)) {
      if (line.isBlank) {
        this.#isAfterBlank = countsAsBlank(tip);
        return;
      }
      this.open({ kind: 'paragraph', phase: 'open', text: '', definedTo: 0 });
    }
    this.#addText(line);
  }

  #addText(line: LineCursor): void {
    const { tip } = this;
    if (this.#isTrial) this.growing = tip;
    // A blank line inside fenced code does not make the surrounding list loose.
    this.#isAfterBlank = line.isBlank && tip.kind === 'code' && !tip.fence;
    if (tip.kind === 'paragraph') {
      tip.text += tip.text === '' ? line.rest() : `\n${line.rest()}`;
      if (tip.text.length - tip.definedTo < MAX_DEFINITION_CHARS)
        tip.definedTo = splitDefinitions(tip.text, tip.definedTo).finalEnd;
    } else if (tip.kind === 'code' || tip.kind === 'math') {
      tip.lines.push(line.rest());
      if (tip.kind === 'code' && !line.isBlank) tip.filledLines = tip.lines.length;
    } else if (tip.kind === 'table') {
      const { rows, alignments } = tip;
      rows.push(fitRow(splitRow(line.rest()), alignments.length, rows.length));
    }
  }

  /** A list is loose if there is a blank line between its items or between the blocks of one item. */
  #loosen(parent: ContainerBlock): void {
    if (!this.#isAfterBlank || parent.children.length === 0) return;
    const list = parent.kind === 'item' ? this.#open.at(-2) : parent;
    if (list?.kind === 'list') list.isTight = false;
  }

  #closeTip(): void {
    const block = this.#open.pop();
    if (!block) return;
    block.phase = this.#isTrial ? 'closed' : 'settled';
    if (block.kind !== 'paragraph') return;
    block.text = this.#takeDefinitions(block).rest.trimEnd();
    const parent = this.tip;
    if (block.text === '' && isContainer(parent)) parent.children.pop();
  }

  #takeDefinitions(block: Block): { rest: string } {
    if (block.kind !== 'paragraph') return { rest: '' };
    const { found, rest } = splitDefinitions(block.text);
    for (const [label, definition] of found) this.define(label, definition);
    return { rest };
  }
}

function tryStarts(line: LineCursor, blocks: OpenBlocks): Start {
  const isRare = line.nextCharacter === '[' && !line.isIndented;
  for (const start of isRare ? (rareSyntax()?.starts ?? []) : BLOCK_STARTS) {
    const started = start(line, blocks);
    if (started !== 'none') return started;
  }
  return 'none';
}

/** A blank line in a quote or after an empty bullet does not make the surrounding list loose. */
function countsAsBlank(container: ContainerBlock): boolean {
  return container.kind !== 'quote' && (container.kind !== 'item' || container.children.length > 0);
}

function save(block: Block): Saved {
  const children = grownParts(block);
  // A shallow copy suffices: blocks below it are closed and do not change.
  return {
    block,
    fields: { ...block },
    count: children?.length ?? 0,
    last: isContainer(block) ? block.children.at(-1) : undefined,
  };
}

function restore({ block, fields, count, last }: Saved): void {
  Object.assign(block, fields);
  const children = grownParts(block);
  if (children) children.length = count;
  if (isContainer(block) && last) block.children[count - 1] = last;
}

function grownParts(block: Block): unknown[] | undefined {
  if (isContainer(block)) return block.children;
  if (block.kind === 'code' || block.kind === 'math') return block.lines;
  return block.kind === 'table' ? block.rows : undefined;
}
