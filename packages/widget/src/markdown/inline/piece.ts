/** Linked list of pieces during inline parsing: emphasis that is found late wraps what is between without copying. */
import { linkEmails } from './autolink.ts';
import { textOf, type InlineNode, type MarkKind } from './inline-node.ts';

/**
 * Maximum nesting of marks. The renderer recurses once per level, and people stay below four; deeper marks stay text.
 */
const MAX_MARK_DEPTH = 16;

/** Kind of a piece. */
export type PieceKind = 'text' | 'code' | 'break' | 'link' | 'image' | 'special' | 'root' | MarkKind;

/** Node of the list, with a list of children. */
export class Piece {
  /** Kind of the piece. */
  readonly kind: PieceKind;
  /** Text, code, or source of a formula. */
  text: string;
  /** Previous sibling. */
  previous: Piece | undefined;
  /** Next sibling. */
  next: Piece | undefined;
  /** First child. */
  first: Piece | undefined;
  /** Last child. */
  last: Piece | undefined;
  /** Parent. */
  parent: Piece | undefined;
  /** Destination of a link, source of an image. */
  href = '';
  /** Title of a link or image; empty if there is none. */
  title = '';
  /** Whether it is a URL found in plain text, which becomes text again inside another link. */
  isBareUrl = false;
  /** The node of a piece of kind `special`. */
  node: InlineNode | undefined;
  /** Levels of marks below and including this piece. */
  depth = 0;

  constructor(kind: PieceKind, text = '') {
    this.kind = kind;
    this.text = text;
  }

  /** Appends a child. */
  append(piece: Piece): Piece {
    piece.parent = this;
    piece.previous = this.last;
    piece.next = undefined;
    if (this.last) this.last.next = piece;
    else this.first = piece;
    this.last = piece;
    return piece;
  }

  /** Inserts a sibling after this piece. */
  insertAfter(piece: Piece): void {
    piece.parent = this.parent;
    piece.previous = this;
    piece.next = this.next;
    if (this.next) this.next.previous = piece;
    else if (this.parent) this.parent.last = piece;
    this.next = piece;
  }

  /** Removes this piece from its parent. */
  remove(): void {
    if (this.previous) this.previous.next = this.next;
    else if (this.parent) this.parent.first = this.next;
    if (this.next) this.next.previous = this.previous;
    else if (this.parent) this.parent.last = this.previous;
    this.parent = this.previous = this.next = undefined;
  }

  /**
   * Moves the pieces after `start` up to `end` (exclusive) into this piece. Returns false and moves nothing if that
   * would nest more than {@link MAX_MARK_DEPTH} levels.
   */
  takeBetween(start: Piece, end: Piece | undefined): boolean {
    let depth = 0;
    for (let piece = start.next; piece && piece !== end; piece = piece.next)
      depth = Math.max(depth, piece.depth + 1);
    if (depth > MAX_MARK_DEPTH) return false;
    this.depth = depth;
    for (let piece = start.next; piece && piece !== end; piece = start.next) {
      piece.remove();
      this.append(piece);
    }
    return true;
  }
}

/** Converts the children of a piece to nodes, merging adjacent texts. */
export function toNodes(parent: Piece, place: 'in-link' | 'outside' = 'outside'): InlineNode[] {
  const nodes: InlineNode[] = [];
  let text = '';
  const flush = () => {
    if (text !== '')
      nodes.push(...(place === 'in-link' ? [{ kind: 'text' as const, text }] : linkEmails(text)));
    text = '';
  };
  for (let piece = parent.first; piece; piece = piece.next) {
    if (piece.kind === 'text') text += piece.text;
    else if (piece.isBareUrl && place === 'in-link') text += piece.first?.text ?? '';
    else {
      flush();
      nodes.push(toNode(piece, place));
    }
  }
  flush();
  return nodes;
}

function toNode(piece: Piece, place: 'in-link' | 'outside'): InlineNode {
  const { kind, text, title, href, node } = piece;
  if (node) return node;
  switch (kind) {
    case 'text':
    case 'code':
      return { kind, text };
    case 'break':
      return { kind };
    case 'link':
      return { kind, href, title, children: toNodes(piece, 'in-link') };
    case 'image':
      return { kind, src: href, title, alt: textOf(toNodes(piece, 'in-link')) };
    case 'special':
    case 'root':
      return { kind: 'text', text: '' };
    default:
      return { kind, children: toNodes(piece, place) };
  }
}
