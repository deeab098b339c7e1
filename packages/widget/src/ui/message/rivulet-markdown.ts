/**
 * `<rivulet-markdown>`: one text part of an answer. Passes its text to the Markdown view, which changes only the open
 * block.
 */
import { html, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import { MarkdownView } from '../../markdown/index.ts';
import type { MathOptions, Progress } from '../../markdown/index.ts';
import { loadMath, markdownOptions, type AnswerOptions } from './answer-options.ts';
import type { Strings } from '../i18n/core/en.ts';

/**
 * Text this far below the viewport is out of view, so its deltas are rendered in batches. Measured: halves the cost of
 * a long answer.
 */
const FAR_BELOW_PX = 200;
const FAR_BELOW_MS = 250;

/** Renders a growing Markdown text. */
export class RivuletMarkdown extends ReactiveElement {
  static override readonly properties = ['text', 'state', 'strings', 'options'];
  declare text: string;
  declare state: Progress;
  declare strings: Strings;
  /** Optional; a change renders the text again from the start. */
  declare options: AnswerOptions | undefined;

  #view: MarkdownView | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** Options whose formula renderer is being loaded. */
  #loading: AnswerOptions | undefined;

  /**
   * Compares by content: options are often a new object with each delta, and texts with each `configure()`, but their
   * content rarely changes.
   */
  override isChange(name: string, value: unknown, before: unknown): boolean {
    return value !== before && (name === 'text' || JSON.stringify(value) !== JSON.stringify(before));
  }

  override render(): TemplateResult {
    return html`<div class="markdown" part="answer"></div>`;
  }

  /** Also waits for rare syntax, whose loading renders the text again. */
  override async getUpdateComplete(): Promise<boolean> {
    const isDone = await super.getUpdateComplete();
    await this.#view?.loaded;
    return isDone;
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

  /** Text that may contain formulas waits for the formula renderer; otherwise their source would flash. */
  #begin(target: HTMLElement): void {
    const { options = {} } = this;
    if (options.math !== true) {
      this.#show(target, undefined);
    } else if (this.#loading !== options) {
      this.#loading = options;
      void loadMath(options).then((math) => {
        // The options have changed meanwhile: drop the late result.
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

  /** The next render starts from an empty view. */
  #dropView(): void {
    this.#view?.clear();
    this.#view = undefined;
    this.#loading = undefined;
  }
}
