/** Collects what highlight.js finds as runs of one colour each, without creating an HTML string. */
import type { Emitter } from 'highlight.js';

/** Name of a colour; the class of the element is derived from it. */
export type CodeColour =
  'comment' | 'keyword' | 'string' | 'number' | 'title' | 'type' | 'attribute' | 'deletion' | 'none';

/** A piece of code in one colour. */
export interface TokenRun {
  /** Colour of the text. */
  colour: CodeColour;
  /** Text of the run. */
  text: string;
}

/** Colour by scope of highlight.js; a scope with several words falls back to its first one. */
const SCOPES: Readonly<Record<string, CodeColour>> = {
  comment: 'comment',
  quote: 'comment',
  keyword: 'keyword',
  'selector-tag': 'keyword',
  'template-tag': 'keyword',
  doctag: 'keyword',
  meta: 'keyword',
  string: 'string',
  regexp: 'string',
  addition: 'string',
  char: 'string',
  code: 'string',
  link: 'string',
  number: 'number',
  literal: 'number',
  symbol: 'number',
  bullet: 'number',
  title: 'title',
  section: 'title',
  name: 'title',
  'selector-id': 'title',
  type: 'type',
  built_in: 'type',
  class: 'type',
  'selector-class': 'type',
  attr: 'attribute',
  attribute: 'attribute',
  property: 'attribute',
  variable: 'attribute',
  'template-variable': 'attribute',
  'selector-attr': 'attribute',
  'selector-pseudo': 'attribute',
  deletion: 'deletion',
  subst: 'none',
};

/** Replaces the emitter of highlight.js, which creates HTML. */
export class TokenRuns implements Emitter {
  /** The runs in the order of the text. */
  readonly runs: TokenRun[] = [];
  readonly #colours: CodeColour[] = ['none'];

  /** Enters a scope. A scope without a colour keeps that of its parent. */
  startScope(scope: string): void {
    const colour = SCOPES[scope] ?? SCOPES[scope.split('.')[0] ?? ''];
    this.#colours.push(colour ?? this.#colour);
  }

  /** Leaves a scope. */
  endScope(): void {
    if (this.#colours.length > 1) this.#colours.pop();
  }

  /** Alias of `startScope` that the core uses in some places. */
  openNode(scope: string): void {
    this.startScope(scope);
  }

  /** Alias of `endScope`. */
  closeNode(): void {
    this.endScope();
  }

  /** Appends text in the colour of the current scope. */
  addText(text: string): void {
    this.#add({ colour: this.#colour, text });
  }

  // Appends the runs of an embedded language. The name is given by highlight.js.
  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof TokenRuns) for (const run of emitter.runs) this.#add(run);
  }

  /** Required by the interface. */
  finalize(): void {
    this.#colours.length = 1;
  }

  /** Required by the interface; the result is not used. */
  toHTML(): string {
    return '';
  }

  get #colour(): CodeColour {
    return this.#colours.at(-1) ?? 'none';
  }

  #add({ colour, text }: TokenRun): void {
    if (text === '') return;
    const last = this.runs.at(-1);
    if (last?.colour === colour) last.text += text;
    else this.runs.push({ colour, text });
  }
}
