/** Separates the reasoning that a model writes between tags from its answer, wherever the upstream cuts the text. */
import { createCodeLines } from './code-lines.ts';
import { nextTagStart, thinkTagAt, type ThinkTag } from './think-tag.ts';

/** Receives the parts of a text, in order. */
export interface ThinkSink {
  text(piece: string): void;
  reasoning(piece: string): void;
  /** All text so far was reasoning. More text or reasoning follows. */
  withdraw(): void;
}

/** What stands before a tag that a sentence mentions. */
const BEFORE_MENTION = new Set(' \t"\'`´‘’“”„«»‹›()[]{}<>*_|/');

/** White space is held back where a tag may follow; a model that writes nothing else must not fill the memory. */
const MAX_HELD_SPACE = 1_000;

/**
 * Splits the content of one answer. Reasoning begins with a tag at the start of the content, after other reasoning, or at the start
 * of a line outside of code; a tag anywhere else is text about tags. It ends with the first closing tag of the same family, or with
 * the answer. White space around reasoning is dropped. Some templates open the reasoning in the prompt, so that the content has only
 * the closing tag: then the text before it was reasoning.
 */
export class ThinkSplitter {
  readonly #sink: ThinkSink;
  readonly #lines = createCodeLines();
  #state: 'start' | 'thinking' | 'answer' = 'start';
  #held = '';
  /** The family of the open or the latest tag; empty before the first one. */
  #family = '';
  /** Whether the latest output was reasoning. Two blocks of it in a row become one text with a blank line between them. */
  #isAfterReasoning = false;
  /** Whether the open block has given any reasoning. */
  #hasReasoning = false;
  /** Whether the text mentions an opening tag, so that a closing one is a mention, too. */
  #isAboutTags = false;
  /** Whether the text so far is withdrawn as soon as more follows: a closing tag at the very end ends no reasoning. */
  #isWithdrawn = false;

  constructor(sink: ThinkSink) {
    this.#sink = sink;
  }

  /** Reads the next piece of the content. What could be the beginning of a tag is held back. */
  push(piece: string): void {
    const all = this.#held === '' ? piece : this.#held + piece;
    this.#held = '';
    for (let at = 0; at >= 0 && at < all.length;) {
      if (this.#state === 'start') at = this.#readStart(all, at);
      else if (this.#state === 'thinking') at = this.#readThinking(all, at);
      else at = this.#readAnswer(all, at);
    }
  }

  /** Reads the end of the content: what is held back was no tag. */
  end(): void {
    const held = this.#held;
    this.#held = '';
    if (this.#state === 'thinking') this.#reasoning(held.trimEnd());
    else this.#text(this.#state === 'start' && this.#family !== '' ? held.trimStart() : held);
  }

  // Each of these reads from `from` and returns where to read on in the state that holds then; -1 when it has taken the rest.

  #readStart(all: string, from: number): number {
    const rest = all.slice(from);
    const at = all.length - rest.trimStart().length;
    const tag = at < all.length ? thinkTagAt(all, at) : 'cut';
    if (tag === 'cut' && rest.length <= MAX_HELD_SPACE) {
      this.#held = rest;
      return -1;
    }
    if (typeof tag === 'object') {
      if (tag.kind === 'open') this.#open(tag);
      else this.#family ||= tag.family;
      return tag.end;
    }
    this.#state = 'answer';
    return this.#family === '' ? from : at;
  }

  #readThinking(all: string, from: number): number {
    let at = nextTagStart(all, from);
    for (; at >= 0; at = nextTagStart(all, at + 1)) {
      const tag = thinkTagAt(all, at);
      if (tag === 'cut') break;
      if (tag?.kind !== 'close' || tag.family !== this.#family) continue;
      const last = all.slice(from, at).trimEnd();
      this.#reasoning(this.#hasReasoning ? last : last.trimStart());
      this.#state = 'start';
      return tag.end;
    }
    const rest = all.slice(from, at < 0 ? undefined : at);
    const piece = this.#hasReasoning ? rest : rest.trimStart();
    // White space at the end is dropped if a closing tag follows.
    const trimmed = piece.trimEnd();
    const given = piece.length - trimmed.length > MAX_HELD_SPACE ? piece : trimmed;
    this.#reasoning(given);
    this.#held = piece.slice(given.length) + (at < 0 ? '' : all.slice(at));
    return -1;
  }

  #readAnswer(all: string, from: number): number {
    let done = from;
    for (let at = nextTagStart(all, from); at >= 0; at = nextTagStart(all, at + 1)) {
      const tag = thinkTagAt(all, at);
      if (tag === undefined) continue;
      this.#text(all.slice(done, at));
      done = at;
      if (tag === 'cut') {
        this.#held = all.slice(at);
        return -1;
      }
      if (tag.kind === 'open' && this.#lines.isAtLineStart()) {
        this.#open(tag);
        return tag.end;
      }
      this.#isAboutTags ||= tag.kind === 'open';
      if (this.#endsReasoning(tag)) {
        this.#isWithdrawn = true;
        this.#family = tag.family;
        this.#state = 'start';
        return tag.end;
      }
      // A token of the family at the end of its answer, or a closing tag that the model repeats.
      if (tag.kind !== 'open' && this.#family !== '' && !this.#lines.isInCode()) done = tag.end;
    }
    this.#text(done === 0 ? all : all.slice(done));
    return -1;
  }

  /** Only of the family that templates open in the prompt, and where a model ends its reasoning, not where a sentence mentions a tag. */
  #endsReasoning({ kind, family }: ThinkTag): boolean {
    if (kind !== 'close' || family !== 'think' || this.#family !== '' || this.#isAboutTags) return false;
    if (this.#lines.isInCode()) return false;
    return this.#lines.isAtLineStart() || !BEFORE_MENTION.has(String.fromCharCode(this.#lines.lastCode()));
  }

  #withdraw(): void {
    if (this.#isWithdrawn) this.#sink.withdraw();
    this.#isAfterReasoning ||= this.#isWithdrawn;
    this.#isWithdrawn = false;
  }

  #open(tag: ThinkTag): void {
    this.#state = 'thinking';
    this.#family = tag.family;
    this.#hasReasoning = false;
  }

  #text(piece: string): void {
    if (piece === '') return;
    this.#withdraw();
    this.#lines.push(piece);
    this.#isAfterReasoning = false;
    this.#sink.text(piece);
  }

  #reasoning(piece: string): void {
    if (piece === '') return;
    this.#withdraw();
    this.#sink.reasoning(this.#isAfterReasoning && !this.#hasReasoning ? `\n\n${piece}` : piece);
    this.#hasReasoning = true;
    this.#isAfterReasoning = true;
  }
}
