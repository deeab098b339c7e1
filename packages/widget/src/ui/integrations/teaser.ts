/** Sentence beside the launcher: one button opens the panel, another dismisses the sentence for this visit. */
import { html, nothing, render, svg } from '../lit/lit.ts';
import { icon } from '../styles/icons.ts';
import { isPhone } from '../app/is-phone.ts';
import type { Strings } from '../i18n/core/en.ts';

const KEY = 'rivulet:teaser';
const dismissIcon = icon(svg`<path d="m7.5 7.5 9 9M16.5 7.5l-9 9" />`);

/** What the teaser depends on. */
export interface TeaserState {
  /** The sentence; undefined if the site wants none. */
  text: string | undefined;
  /** Whether the panel is open. */
  isOpen: boolean;
  /** Texts in the locale of the visitor. */
  strings: Strings;
  /** Opens the panel. */
  open: () => void;
}

/** Renders the teaser into the shadow root. */
export class Teaser {
  readonly #box = document.createElement('div');
  #isDismissed = wasDismissed();

  constructor(root: ShadowRoot) {
    this.#box.className = 'teaser-box';
    root.append(this.#box);
  }

  /** Applies the current state. */
  show({ text, isOpen, strings, open }: TeaserState): void {
    // After opening the panel, the visitor does not need the sentence any more.
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

  /** Removes the teaser. */
  close(): void {
    this.#box.remove();
  }
}

function wasDismissed(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // storage is not available: the teaser is shown again on the next page
  }
}

/** Called on an action of the visitor, so storing needs no consent. */
function keepDismissed(): void {
  try {
    sessionStorage.setItem(KEY, '1');
  } catch {
    // as above
  }
}
