/** What highlight.js finds in code, as runs of one colour each: no HTML string is made of it. */
import type { Emitter } from 'highlight.js';

export type CodeColour =
  'comment' | 'keyword' | 'string' | 'number' | 'title' | 'type' | 'attribute' | 'deletion' | 'none';

export interface TokenRun {
  colour: CodeColour;
  text: string;
}

/** Scopes of highlight.js by colour; a scope of several words falls back to its first one. */
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

/** Stands in for highlight.js's own emitter, whose result is HTML. */
export class TokenRuns implements Emitter {
  readonly runs: TokenRun[] = [];
  readonly #colours: CodeColour[] = ['none'];

  /** A scope without a colour keeps the one around it. */
  startScope(scope: string): void {
    const colour = SCOPES[scope] ?? SCOPES[scope.split('.')[0] ?? ''];
    this.#colours.push(colour ?? this.#colour);
  }

  endScope(): void {
    if (this.#colours.length > 1) this.#colours.pop();
  }

  /** What the core calls `startScope` in some places. */
  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  addText(text: string): void {
    this.#add({ colour: this.#colour, text });
  }

  // The name is highlight.js's.
  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof TokenRuns) for (const run of emitter.runs) this.#add(run);
  }

  finalize(): void {
    this.#colours.length = 1;
  }

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
