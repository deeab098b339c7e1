/** `<rivulet-markdown>`: one text part of an answer; hands its text to the Markdown view, which touches only the open block. */
import { LitElement, html, type PropertyValues, type TemplateResult } from '../lit/lit.ts';
import { MarkdownView } from '../../markdown/index.ts';
import type { MathOptions, Progress } from '../../markdown/index.ts';
import { loadMath, markdownOptions, type AnswerOptions } from './answer-options.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Options are often made anew for each delta, texts with each `configure()`; what they say rarely changes. */
const hasChanged = (value: unknown, before: unknown): boolean =>
  value !== before && JSON.stringify(value) !== JSON.stringify(before);

/** So far below the window nobody sees each word come: they are drawn together. Measured: half of the cost of a long answer. */
const FAR_BELOW_PX = 200;
const FAR_BELOW_MS = 250;

export class RivuletMarkdown extends LitElement {
  static override readonly properties = {
    text: { attribute: false },
    state: { attribute: false },
    strings: { attribute: false, hasChanged },
    options: { attribute: false, hasChanged },
  };
  declare text: string;
  declare state: Progress;
  declare strings: Strings;
  /** May be left out; a change shows the text anew. */
  declare options: AnswerOptions | undefined;

  #view: MarkdownView | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** The options whose reader of formulas is on its way. */
  #loading: AnswerOptions | undefined;

  override createRenderRoot(): this {
    return this;
  }

  override render(): TemplateResult {
    return html`<div class="markdown" part="answer" dir="auto"></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    const target = this.querySelector<HTMLElement>('.markdown');
    if (target === null) return;
    if (changed.has('options') || changed.has('strings')) this.#dropView();
    if (!this.#view) this.#begin(target);
    else if (changed.has('text') || changed.has('state')) this.#draw();
  }

  #draw(): void {
    if (this.state === 'streaming' && this.getBoundingClientRect().bottom > innerHeight + FAR_BELOW_PX)
      this.#waiting ??= setTimeout(this.#drawNow, FAR_BELOW_MS);
    else this.#drawNow();
  }

  readonly #drawNow = (): void => {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#view?.update(this.text, this.state);
  };

  /** A text that may hold formulas waits for their reader, or they would flash as text. */
  #begin(target: HTMLElement): void {
    const { options = {} } = this;
    if (options.math !== true) {
      this.#show(target, undefined);
    } else if (this.#loading !== options) {
      this.#loading = options;
      void loadMath(options).then((math) => {
        // Other options came meanwhile: the late result loses.
        if (this.#loading === options) this.#show(target, math);
      });
    }
  }

  #show(target: HTMLElement, math: MathOptions | undefined): void {
    const { strings, options = {} } = this;
    this.#loading = undefined;
    this.#view = new MarkdownView(target, markdownOptions({ strings, options, math }));
    this.#view.update(this.text, this.state);
  }

  /** Other ones show the text anew. */
  #dropView(): void {
    this.#view?.clear();
    this.#view = undefined;
    this.#loading = undefined;
  }
}
