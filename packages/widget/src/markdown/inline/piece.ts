/** A linked list of pieces while text is being read: emphasis found late wraps what lies between without copying. */
import { linkEmails } from './autolink.ts';
import type { Formula } from '../math.ts';
import { textOf, type InlineNode, type MarkKind } from './inline-node.ts';

/** Marks in marks at most: the renderer recurses once a level, people stay under four; deeper ones stay text. */
const MAX_MARK_DEPTH = 16;

export type PieceKind = 'text' | 'code' | 'break' | 'link' | 'image' | 'math' | 'root' | MarkKind;

export class Piece {
  readonly kind: PieceKind;
  text: string;
  previous: Piece | undefined;
  next: Piece | undefined;
  first: Piece | undefined;
  last: Piece | undefined;
  parent: Piece | undefined;
  /** Destination of a link, source of an image. */
  href = '';
  title = '';
  /** A URL found in plain text, which inside another link is text again. */
  isBareUrl = false;
  /** A link to a source of the answer. */
  formula: Formula | undefined;
  /** Levels of marks below and including this piece. */
  depth = 0;

  constructor(kind: PieceKind, text = '') {
    this.kind = kind;
    this.text = text;
  }

  append(piece: Piece): Piece {
    piece.parent = this;
    piece.previous = this.last;
    piece.next = undefined;
    if (this.last) this.last.next = piece;
    else this.first = piece;
    this.last = piece;
    return piece;
  }

  insertAfter(piece: Piece): void {
    piece.parent = this.parent;
    piece.previous = this;
    piece.next = this.next;
    if (this.next) this.next.previous = piece;
    else if (this.parent) this.parent.last = piece;
    this.next = piece;
  }

  remove(): void {
    if (this.previous) this.previous.next = this.next;
    else if (this.parent) this.parent.first = this.next;
    if (this.next) this.next.previous = this.previous;
    else if (this.parent) this.parent.last = this.previous;
    this.parent = this.previous = this.next = undefined;
  }

  /**
   * Moves the pieces after `start` up to `end` (not included) into this piece; false, and nothing is moved, when
   * that would nest more than {@link MAX_MARK_DEPTH} levels.
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

/** The finished nodes of a piece's children; neighbouring texts are one. */
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
  const { kind, text, title, href, formula } = piece;
  if (formula) return { kind: 'math', ...formula };
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
    case 'math':
    case 'root':
      return { kind: 'text', text: '' };
    default:
      return { kind, children: toNodes(piece, place) };
  }
}
