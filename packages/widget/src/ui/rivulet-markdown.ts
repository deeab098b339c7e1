/** `<rivulet-markdown>`: one text part of an answer; hands its text to the Markdown view, which touches only the open block. */
import { LitElement, html, type PropertyValues, type TemplateResult } from './lit.ts';
import { MarkdownView } from '../markdown/index.ts';
import { decorateCode } from './code-block.ts';
import type { Strings } from './strings/en.ts';

export class RivuletMarkdown extends LitElement {
  static override readonly properties = {
    text: { attribute: false },
    state: { attribute: false },
    strings: { attribute: false },
  };
  declare text: string;
  declare state: 'streaming' | 'complete';
  declare strings: Strings;

  #view: MarkdownView | undefined;

  override createRenderRoot(): this {
    return this;
  }

  override render(): TemplateResult {
    return html`<div class="markdown" part="answer" dir="auto"></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('text') && !changed.has('state')) return;
    const target = this.querySelector<HTMLElement>('.markdown');
    if (target === null) return;
    this.#view ??= new MarkdownView(target, {
      decorateCode: (pre, code) => {
        decorateCode(pre, code, this.strings);
      },
      labels: { table: this.strings.table, image: this.strings.image, task: this.strings.task },
    });
    this.#view.update(this.text, this.state);
  }
}
