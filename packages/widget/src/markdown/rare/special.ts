/** Appends an element of its own kind to the text. */
import type { InlineHost } from '../inline/rare-contract.ts';
import { Piece } from '../inline/piece.ts';

/** Appends what `create` returns. Elements with the same `key` are equal, so that a growing text keeps them. */
export function addSpecial(host: InlineHost, key: string, create: () => HTMLElement): void {
  const piece = new Piece('special');
  piece.node = { kind: 'special', text: '', key, create };
  host.root.append(piece);
}
