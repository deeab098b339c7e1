/**
 * Parses the text of a leaf block into inline nodes (phase 2 of CommonMark's inline parsing), in one scan without
 * backtracking.
 */
import { readBareUrl, type Autolink } from './autolink.ts';
import { BracketStack, type LookUp } from './brackets.ts';
import { DelimiterStack, readRun } from './emphasis.ts';
import { withoutUndecidedEnd } from './undecided-end.ts';
import type { InlineNode } from './inline-node.ts';
import type { MathSyntax } from '../math.ts';
import { missedParts } from './missed-parts.ts';
import type { InlineResult, InlineSource } from './inline-source.ts';
import { Piece, toNodes } from './piece.ts';
import { RARE, rareSyntax } from './rare.ts';
import type { InlineHost, OpenTag } from './rare-contract.ts';

/** Distance in characters between attempts to settle, so that a growing long paragraph costs only what is added. */
const SETTLE_EVERY_CHARS = 1_024;
/**
 * Marks, brackets and code that are open for longer than this are text: otherwise each update would parse a growing
 * paragraph again from its first open bracket on.
 */
const MAX_OPEN_CHARS = 8_192;
/** Everything up to a character that may have a meaning; `h`, `f` and `w` only where a URL begins. */
const PLAIN =
  /(?:[^\n`[\]\\!<&*_~$hHwWfFcC【\ue200-\ue206]|[cC](?!iteturn\d)|[hH](?!ttps?:\/\/)|[fF](?!tp:\/\/)|[wW](?!ww\.)){1,4096}/y;
/** The start of a tag, a comment, or a link in angles. */
const UNFINISHED_ANGLE = /<(?:[a-z/!][^\s<>]*)?$/iy;
const ESCAPABLE = /[!-/:-@[-`{-~]/;

/** Parses `source.text` from `offset` on. */
export function parseInline(source: InlineSource, offset = 0): InlineResult {
  return new InlineParser(source, offset).parse();
}

class InlineParser implements InlineHost {
  readonly text: string;
  readonly delimiters = new DelimiterStack();
  readonly brackets: BracketStack;
  readonly #nodes: InlineNode[] = [];
  root = new Piece('root');
  at: number;
  readonly tags: OpenTag[] = [];
  readonly isGrowing: boolean;
  readonly canHide: boolean;
  readonly lookUp: LookUp;
  #settled: { nodeCount: number; offset: number };
  /**
   * Offset of the next attempt to settle. A failed attempt is not repeated immediately, or the cost would be quadratic.
   */
  #settleFrom: number;
  readonly #math: MathSyntax | undefined;
  readonly isChat: boolean;
  /** Whether text that is still to come can change the meaning of what was read. */
  #isUncertain = false;

  constructor({ text, state, lookUp, math, dialect }: InlineSource, offset: number) {
    this.text = state === 'growing' ? withoutUndecidedEnd(text, offset) : text;
    this.isGrowing = state !== 'whole';
    this.canHide = state === 'growing';
    this.lookUp = lookUp;
    this.#math = math;
    this.isChat = dialect === 'chat';
    this.brackets = new BracketStack(this.text, lookUp, this.delimiters);
    this.at = offset;
    this.#settled = { nodeCount: 0, offset };
    this.#settleFrom = offset + SETTLE_EVERY_CHARS;
  }

  parse(): InlineResult {
    while (this.at < this.text.length) this.#readNext();
    rareSyntax()?.end?.(this);
    this.#trimEnd();
    this.delimiters.resolve(undefined);
    if (this.isGrowing) {
      this.brackets.hideOpen();
      this.delimiters.closeOpenEnds();
    }
    this.#nodes.push(...toNodes(this.root));
    return { nodes: this.#nodes, missingLabels: this.brackets.missingLabels, settled: this.#settled };
  }

  #readNext(): void {
    if (this.#isOpenTooLong) this.#settle();
    PLAIN.lastIndex = this.at;
    const plain = PLAIN.exec(this.text)?.[0];
    if (plain !== undefined) {
      this.#addPlain(plain);
      return;
    }
    const character = this.text.charAt(this.at);
    if ((character === '$' || character === '\\') && this.#readMath()) return;
    if (this.#readRare()) return;
    if (character === '\n') this.#readLineEnd();
    else if (character === '\\') this.#readEscape();
    else if (character === '`') this.#readCode();
    else if ('*_~'.includes(character)) this.#readDelimiters();
    else if (character === '[') this.#readOpener('[');
    else if (character === '!' && this.text[this.at + 1] === '[') this.#readOpener('![');
    else if (character === ']') this.#readCloser();
    else this.#readUrl(character);
  }

  /** Long text without a line end settles between words. */
  #addPlain(text: string): void {
    let rest = text;
    for (;;) {
      const gap = rest.indexOf(' ', Math.max(0, this.#settleFrom - this.at));
      const isBetweenWords = gap >= 0 && gap + 1 < rest.length && rest[gap + 1] !== ' ';
      if (!isBetweenWords) break;
      this.#addText(rest.slice(0, gap + 1));
      rest = rest.slice(gap + 1);
      this.#settle();
    }
    this.#addText(rest);
  }

  #addText(text: string): void {
    this.root.append(new Piece('text', text));
    this.at += text.length;
  }

  #readLineEnd(): void {
    const { last } = this.root;
    const before = last?.kind === 'text' ? last.text : '';
    const trimmed = before.trimEnd();
    if (last?.kind === 'text') last.text = trimmed;
    const isHard = this.isChat || before.endsWith('  ');
    this.root.append(isHard ? new Piece('break') : new Piece('text', '\n'));
    this.at++;
    while (this.text[this.at] === ' ') this.at++;
    this.#settle();
  }

  get #isOpenTooLong(): boolean {
    return this.at - this.#settled.offset > MAX_OPEN_CHARS;
  }

  /**
   * Between words or lines with nothing open, all nodes so far are final. It is decided from the text before alone, so
   * that a text ends as the same nodes however it was streamed.
   */
  #settle(): void {
    if (this.at < this.#settleFrom || this.#isUncertain || this.brackets.isCutOff) return;
    this.#settleFrom = this.at + SETTLE_EVERY_CHARS;
    if (this.#isOpenTooLong) {
      this.brackets.giveUp();
      this.tags.length = 0;
    }
    if (this.brackets.isAnyOpen || this.tags.length > 0) return;
    this.delimiters.resolve(undefined);
    if (this.#isOpenTooLong) this.delimiters.dropAbove(undefined);
    if (this.delimiters.top) return;
    this.#nodes.push(...toNodes(this.root));
    this.root = new Piece('root');
    this.#settled = { nodeCount: this.#nodes.length, offset: this.at };
  }

  #readEscape(): void {
    const next = this.text.charAt(this.at + 1);
    if (next === '\n') {
      this.root.append(new Piece('break'));
      this.at += 2;
    } else if (ESCAPABLE.test(next)) {
      this.root.append(new Piece('text', next));
      this.at += 2;
    } else {
      this.#addText('\\');
    }
  }

  #readRare(): boolean {
    RARE.lastIndex = this.at;
    if (!RARE.test(this.text)) return false;
    const rare = rareSyntax();
    if (rare) return rare.read?.(this) ?? false;
    // The rest is hidden until the syntax is loaded.
    missedParts.add('rare');
    this.at = this.text.length;
    return true;
  }

  #readMath(): boolean {
    if (!this.#math) return false;
    const read = this.#math.read(this.text, this.at, this.canHide);
    if (read === undefined) {
      // The closing delimiter may still come, until it would be too far away.
      this.#isUncertain ||= this.text.length - this.at < this.#math.maxChars + 2;
      return false;
    }
    if (read === 'held') {
      this.at = this.text.length;
      return true;
    }
    const piece = new Piece('special');
    piece.node = { kind: 'math', ...read.formula };
    this.root.append(piece);
    this.at = read.end;
    return true;
  }

  #readCode(): void {
    const start = this.at;
    const run = runAt(this.text, start);
    const limit = start + run + MAX_OPEN_CHARS;
    const near = this.text.slice(0, limit);
    let close = start + run;
    let length = 0;
    while (length !== run && close >= 0) {
      close = near.indexOf('`', close + length);
      if (close >= 0) length = runAt(near, close);
    }
    if (close < 0 && (!this.isGrowing || this.text.length >= limit)) {
      this.#addText('`'.repeat(run));
      return;
    }
    const end = close < 0 ? this.text.length : close;
    const code = this.text.slice(start + run, end).replaceAll('\n', ' ');
    const isPadded = code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '';
    this.root.append(new Piece('code', isPadded ? code.slice(1, -1) : code));
    this.at = close < 0 ? end : end + run;
  }

  #readDelimiters(): void {
    const run = readRun(this.text, this.at);
    this.#addText(run.character.repeat(run.length));
    // A single tilde means “about” or “to”, and three or more are no strikethrough in GFM either.
    if (run.character === '~' && run.length !== 2) return;
    if (this.root.last && (run.canOpen || run.canClose)) this.delimiters.push(run, this.root.last);
  }

  #readOpener(marker: '[' | '!['): void {
    this.#addText(marker);
    if (this.root.last) this.brackets.open(this.root.last, this.at);
  }

  #readCloser(): void {
    this.at = this.brackets.close(this);
  }

  #readUrl(character: string): void {
    const link = /[hfw]/i.test(character) ? readBareUrl(this.text, this.at) : undefined;
    if (link) {
      this.#addLink(link);
      return;
    }
    UNFINISHED_ANGLE.lastIndex = this.at;
    if (character === '<' && this.canHide && UNFINISHED_ANGLE.test(this.text)) this.at = this.text.length;
    else this.#addText(character);
  }

  #addLink({ href, text, end }: Autolink): void {
    const link = new Piece('link');
    link.href = href;
    link.isBareUrl = true;
    link.append(new Piece('text', text));
    this.root.append(link);
    this.at = end;
  }

  #trimEnd(): void {
    const { last } = this.root;
    if (last?.kind === 'text') last.text = last.text.trimEnd();
  }
}

function runAt(text: string, offset: number): number {
  let end = offset;
  while (text[end] === '`') end++;
  return end - offset;
}
