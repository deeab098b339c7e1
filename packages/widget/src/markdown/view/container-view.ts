/** Renders container blocks as elements. Settled blocks are not visited again. */
import type {
  Block,
  CodeBlock,
  ContainerBlock,
  HeadingBlock,
  MathBlock,
  ParagraphBlock,
  TableBlock,
} from '../blocks/block.ts';
import { isContainer } from '../blocks/block.ts';
import { setDirection, type ViewContext } from './inline-view.ts';
import { CodeView, HeadingView, ParagraphView, languageOf, visibleText, type Growth } from './leaf-views.ts';
import type { MathBlockView } from '../math.ts';
import { TableView } from './table-view.ts';

/** One update of the tree. */
export interface Frame {
  /** Shared state of the views. */
  context: ViewContext;
  /** The block that contains the incomplete line. */
  growing: Block | undefined;
}

type BlockView =
  | { kind: 'paragraph'; view: ParagraphView }
  | { kind: 'heading'; view: HeadingView }
  | { kind: 'code'; view: CodeView }
  | { kind: 'math'; view: MathBlockView }
  | { kind: 'table'; view: TableView }
  | { kind: 'rule'; view: { element: HTMLElement } }
  | { kind: 'container'; view: ContainerView };

interface Slot {
  /** Kind and layout of a block; blocks with the same outline can be shown by the same element in succession. */
  outline: string;
  shown: BlockView;
}

/** View of a block that holds blocks. */
export class ContainerView {
  /** The element of the block. */
  readonly element: HTMLElement;
  #slots: Slot[] = [];
  #settledCount = 0;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  /** Updates the children that are not settled. */
  update(container: ContainerBlock, frame: Frame): void {
    if (container.kind === 'list') this.#showTightness(container.isTight);
    const { children, kind } = container;
    const isFirstOpen = this.#settledCount === 0;
    let count = this.#settledCount;
    for (; count < children.length; count++) {
      const block = children[count];
      if (!block || isHidden(block)) break;
      const slot = this.#slotFor(block, count, frame.context);
      const place = kind === 'item' && count === 0 ? 'item-start' : 'elsewhere';
      updateView(slot.shown, { block, place }, frame);
      if (block.phase === 'settled' && count === this.#settledCount) this.#settledCount++;
    }
    for (const slot of this.#slots.splice(count)) slot.shown.view.element.remove();
    if (kind !== 'item' && isFirstOpen) setDirection(this.element, firstText(container));
  }

  #showTightness(isTight: boolean): void {
    if (isTight) this.element.className = 'tight';
    else this.element.removeAttribute('class');
  }

  #slotFor(block: Block, index: number, context: ViewContext): Slot {
    const existing = this.#slots[index];
    const outline = outlineOf(block);
    if (existing?.outline === outline) return existing;
    const slot: Slot = { outline, shown: createView(block, context) };
    if (existing) existing.shown.view.element.replaceWith(slot.shown.view.element);
    else this.element.append(slot.shown.view.element);
    this.#slots[index] = slot;
    return slot;
  }
}

/** The text of the block that is read first. */
function firstText(container: ContainerBlock): string {
  let first: Block | undefined = container;
  while (first && isContainer(first)) first = first.children[0];
  return first && 'text' in first ? first.text : '';
}

/** Whether nothing of the block can be shown yet; it is the last block then. */
function isHidden(block: Block): boolean {
  return block.kind === 'paragraph' && block.phase === 'open' && visibleText(block) === '';
}

function outlineOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `h${block.level}`;
    case 'list':
      return block.isOrdered ? `ol${block.start}${block.marker}` : 'ul';
    case 'code':
      return `code ${languageOf(block)}`;
    case 'table':
      return `table ${block.alignments.join()}`;
    default:
      return block.kind;
  }
}

function createView(block: Block, context: ViewContext): BlockView {
  const { math } = context.options;
  switch (block.kind) {
    case 'paragraph':
      return { kind: 'paragraph', view: new ParagraphView(context) };
    case 'heading':
      return { kind: 'heading', view: new HeadingView(block, context) };
    case 'code':
      return { kind: 'code', view: new CodeView(block, context) };
    case 'table':
      return { kind: 'table', view: new TableView(block, context) };
    case 'math':
      if (math === undefined) throw new TypeError('math is missing');
      return { kind: 'math', view: math.createView() };
    case 'rule':
      return { kind: 'rule', view: { element: document.createElement('hr') } };
    default:
      return { kind: 'container', view: new ContainerView(createContainer(block)) };
  }
}

function createContainer(block: ContainerBlock): HTMLElement {
  switch (block.kind) {
    case 'list': {
      const list = document.createElement(block.isOrdered ? 'ol' : 'ul');
      if (block.marker === '^') list.dataset.notes = '';
      if (block.start !== 1) list.setAttribute('start', `${block.start}`);
      return list;
    }
    case 'item':
      return document.createElement('li');
    case 'quote':
    case 'document':
      return document.createElement('blockquote');
  }
}

/** The outline determines the view of a slot, so the kinds match. */
function updateView(
  shown: BlockView,
  { block, place }: { block: Block; place: 'item-start' | 'elsewhere' },
  { context, growing }: Frame,
): void {
  const growth: Growth = block === growing ? 'growing' : 'still';
  switch (shown.kind) {
    case 'paragraph':
      shown.view.update(block as ParagraphBlock, growth, place);
      return;
    case 'heading':
      shown.view.update(block as HeadingBlock, growth);
      return;
    case 'code':
      shown.view.update(block as CodeBlock, growth);
      return;
    case 'table':
      shown.view.update(block as TableBlock, growth);
      return;
    case 'math':
      shown.view.update(block as MathBlock);
      return;
    case 'container':
      shown.view.update(block as ContainerBlock, { context, growing });
      return;
    case 'rule':
  }
}
