/** A sentence beside the launcher: a button that opens the panel, and one that takes the sentence away for this visit. */
import { html, nothing, render, svg } from '../lit/lit.ts';
import { icon } from '../styles/icons.ts';
import { isPhone } from '../app/is-phone.ts';
import type { Strings } from '../i18n/core/en.ts';

const KEY = 'rivulet:teaser';
const dismissIcon = icon(svg`<path d="m7.5 7.5 9 9M16.5 7.5l-9 9" />`);

export interface TeaserState {
  text: string | undefined;
  isOpen: boolean;
  strings: Strings;
  open: () => void;
}

export class Teaser {
  readonly #box = document.createElement('div');
  #isDismissed = wasDismissed();

  constructor(root: ShadowRoot) {
    this.#box.className = 'teaser-box';
    root.append(this.#box);
  }

  show({ text, isOpen, strings, open }: TeaserState): void {
    // Who has opened the panel knows what the sentence says.
    if (isOpen) this.#isDismissed = true;
    const isShown = text !== undefined && !this.#isDismissed && !isPhone();
    const dismiss = (): void => {
      this.#isDismissed = true;
      keepDismissed();
      render(nothing, this.#box);
    };
    render(
      isShown
        ? html`<div class="teaser" part="teaser">
            <button type="button" class="teaser-text" @click=${open}>${text}</button>
            <button type="button" class="icon-button" aria-label=${strings.dismiss} @click=${dismiss}>
              ${dismissIcon}
            </button>
          </div>`
        : nothing,
      this.#box,
    );
  }

  close(): void {
    this.#box.remove();
  }
}

function wasDismissed(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // no storage: it comes back with the next page
  }
}

/** The visitor acts, so it may be stored. */
function keepDismissed(): void {
  try {
    sessionStorage.setItem(KEY, '1');
  } catch {
    // as above
  }
}
