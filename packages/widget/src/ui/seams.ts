/** The one place that names the client and the Markdown view which the user interface works with. */
import type { Chat } from '../client/chat.ts';

export interface ChatOptions {
  gateway: string;
  site?: string;
}

/** Stands in until the client is there. */
export function createChat({ gateway }: ChatOptions): Chat {
  throw new Error(`no client for ${gateway} yet`);
}

/** Stands in for the Markdown view: paragraphs of plain text. */
export class MarkdownView {
  readonly #target: HTMLElement;

  constructor(
    target: HTMLElement,
    _options: { decorateCode?: (pre: HTMLElement, code: { text: string; language: string }) => void } = {},
  ) {
    this.#target = target;
  }

  update(text: string, _state: 'streaming' | 'complete'): void {
    const paragraphs = text.split(/\n{2,}/).filter((paragraph) => paragraph !== '');
    this.#target.replaceChildren(
      ...paragraphs.map((paragraph) => {
        const element = document.createElement('p');
        element.textContent = paragraph;
        return element;
      }),
    );
  }

  clear(): void {
    this.#target.replaceChildren();
  }
}

/** The words of a Markdown text, without its marks. */
export const plainText = (markdown: string): string => markdown.replace(/[*_`#>]/g, '');
