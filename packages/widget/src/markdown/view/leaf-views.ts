/** Renders paragraphs, headings, rules and code. */
import type { CodeBlock, HeadingBlock, ParagraphBlock } from '../blocks/block.ts';
import { splitDefinitions } from '../blocks/definition.ts';
import type { TextState } from '../inline/inline-source.ts';
import { InlineView, type ViewContext } from './inline-view.ts';
import { DEFAULT_LABELS } from '../options.ts';
import { shownAs } from '../unusual.ts';

/** Whether an incomplete line is part of the block. */
export type Growth = 'growing' | 'still';

const TASK = /^\[([ xX])\][ \t]+(?=\S)/;

/** Maps the phase of a block to the state of its text. */
export function textState(phase: 'open' | 'closed' | 'settled', growth: Growth): TextState {
  if (growth === 'growing') return 'growing';
  return phase === 'open' ? 'resting' : 'whole';
}

/** The part of a paragraph that may be shown: not what may still become a definition or the header of a table. */
export function visibleText(paragraph: ParagraphBlock): string {
  if (paragraph.phase !== 'open') return paragraph.text;
  const { rest } = splitDefinitions(paragraph.text, paragraph.definedTo);
  if (/^\[(?:[^\]\\]|\\[^]){1,999}\]:(?:[ \t]*\n?[ \t]*)\S*$/.test(rest)) return '';
  const lastLine = rest.lastIndexOf('\n') + 1;
  return rest.charAt(lastLine) === '|' ? rest.slice(0, Math.max(0, lastLine - 1)) : rest;
}

/** View of a paragraph. */
export class ParagraphView {
  /** The element of the paragraph. */
  readonly element = document.createElement('p');
  readonly #inline: InlineView;
  readonly #taskLabel: string;
  #box: HTMLInputElement | undefined;

  constructor(context: ViewContext) {
    this.element.dir = 'auto';
    this.#inline = new InlineView(this.element, context);
    this.#taskLabel = context.options.labels?.task ?? DEFAULT_LABELS.task;
  }

  /** Shows `paragraph`. Only the first paragraph of a list item can be a task. */
  update(paragraph: ParagraphBlock, growth: Growth, place: 'item-start' | 'elsewhere'): void {
    const text = visibleText(paragraph);
    const task = place === 'item-start' ? TASK.exec(text) : null;
    this.#showBox(task?.[1]);
    this.#inline.show(text.slice(task?.[0].length ?? 0), textState(paragraph.phase, growth));
  }

  #showBox(mark: string | undefined): void {
    if (mark === undefined) {
      this.#box?.remove();
      this.#box = undefined;
      this.#inline.setLead(undefined);
      return;
    }
    if (this.#box) return;
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.disabled = true;
    box.setAttribute('aria-label', this.#taskLabel);
    if (mark !== ' ') box.setAttribute('checked', '');
    this.element.prepend(box);
    this.#box = box;
    this.#inline.setLead(box);
  }
}

/** View of a heading. */
export class HeadingView {
  /** The element of the heading. */
  readonly element: HTMLElement;
  readonly #inline: InlineView;

  constructor(heading: HeadingBlock, context: ViewContext) {
    this.element = document.createElement(`h${heading.level}`);
    this.element.dir = 'auto';
    this.#inline = new InlineView(this.element, context);
  }

  /** Shows the heading. */
  update(heading: HeadingBlock, growth: Growth): void {
    this.#inline.show(heading.text, textState(heading.phase, growth));
  }
}

/** Returns the first word of the info string. */
export function languageOf(code: CodeBlock): string {
  return /^\S*/.exec(code.info)?.[0] ?? '';
}

/** Number of lines to show: blank lines at the end of indented code are not part of it. */
export function shownLineCount({ lines, filledLines, fence }: CodeBlock): number {
  return fence ? lines.length : filledLines;
}

/** View of a code block. */
export class CodeView {
  /** The element of the code block. */
  readonly element = document.createElement('figure');
  readonly #pre = document.createElement('pre');
  readonly #text = document.createTextNode('');
  readonly #context: ViewContext;
  /** Number of lines that cannot change any more, and their length including line ends. */
  #finalLines = 0;
  #finalChars = 0;
  /** Text after the final lines; reading it from the text node would copy the whole code. */
  #shown = '';
  #isDecorated = false;

  constructor(block: CodeBlock, context: ViewContext) {
    this.#context = context;
    const language = languageOf(block);
    const caption = document.createElement('figcaption');
    const code = document.createElement('code');
    this.element.className = 'code';
    this.element.dir = 'ltr';
    this.#pre.tabIndex = 0;
    if (language) {
      caption.textContent = shownAs('name', language);
      code.className = `language-${language}`;
    }
    code.append(this.#text);
    this.#pre.append(code);
    this.element.append(caption, this.#pre);
  }

  /** Shows the code block. */
  update(block: CodeBlock, growth: Growth): void {
    const count = shownLineCount(block);
    const open = block.lines.slice(this.#finalLines, count).map((line) => shownAs('code', line));
    const rest = open.join('\n') + (growth === 'growing' || open.length === 0 ? '' : '\n');
    const shown = this.#shown;
    if (rest.startsWith(shown)) this.#text.appendData(rest.slice(shown.length));
    else this.#text.replaceData(this.#finalChars, shown.length, rest);
    const finalLines = open.slice(0, -1);
    const finalChars = finalLines.reduce((sum, line) => sum + line.length + 1, 0);
    this.#finalLines += finalLines.length;
    this.#finalChars += finalChars;
    this.#shown = rest.slice(finalChars);
    if (block.phase !== 'settled' || this.#isDecorated) return;
    this.#isDecorated = true;
    // Copied as it was written: its reader has seen what it contains.
    const text = block.lines.slice(0, count).join('\n') + (growth === 'growing' || count === 0 ? '' : '\n');
    this.#context.options.decorateCode?.(this.#pre, { text, language: languageOf(block) });
  }
}
