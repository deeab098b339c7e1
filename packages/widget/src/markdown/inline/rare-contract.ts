/** Contract between the inline parser and the syntax that few answers contain. */
import type { BlockStart } from '../blocks/block-contract.ts';
import type { Split } from '../blocks/definition.ts';
import type { BracketStack, LookUp } from './brackets.ts';
import type { Delimiter, DelimiterStack } from './emphasis.ts';
import type { InlineNode, MarkKind } from './inline-node.ts';
import type { MarkdownOptions } from '../options.ts';
import type { Piece } from './piece.ts';
import type { Decode } from './unescape.ts';

/** An HTML tag without its end so far. */
export interface OpenTag {
  /** Name as written, in lower case. */
  name: string;
  /** Element to create; `a` becomes a link. */
  kind: MarkKind | 'link';
  /** Empty text that marks its place. */
  piece: Piece;
  /** The last delimiter before it. */
  delimiter: Delimiter | undefined;
  /** Destination of a link. */
  href: string;
}

/** What the inline parser offers. */
export interface InlineHost {
  /** Text that is parsed. */
  readonly text: string;
  /** Offset of the next character. */
  at: number;
  /** Pieces so far. */
  root: Piece;
  /** Delimiters so far. */
  readonly delimiters: DelimiterStack;
  /** Brackets so far. */
  readonly brackets: BracketStack;
  /** Open HTML tags, the innermost last. */
  readonly tags: OpenTag[];
  /** Whether more text will come. */
  readonly isGrowing: boolean;
  /** Whether more of the last line will come, so that what is unfinished is hidden. */
  readonly canHide: boolean;
  /** Whether the dialect is that of a chat. */
  readonly isChat: boolean;
  /** Finds definitions. */
  readonly lookUp: LookUp;
}

/** Reads rare syntax. */
export interface RareSyntax {
  /** Reads what is at `host.at`. Returns false if it is text. */
  read?: (host: InlineHost) => boolean;
  /** Renders an image. */
  createImage?: (node: Extract<InlineNode, { kind: 'image' }>, options: MarkdownOptions) => HTMLElement;
  /** Reads link reference definitions. */
  split?: Split;
  /** Replaces a character reference; undefined if there is no such character. */
  decode?: Decode;
  /** Closes what is open at the end of a text. */
  end?: (host: InlineHost) => void;
  /** Starts of blocks that begin with `[`. */
  starts?: readonly BlockStart[];
}
