/** The open panel on a phone: it fills the space above the virtual keyboard, and the page behind it does not scroll. */

import { phoneMedia } from './is-phone.ts';

/** Applies the sheet to a panel while it is open and the viewport is that of a phone. */
export class PhoneSheet {
  readonly #panel: () => HTMLElement | null;
  readonly #media = phoneMedia();
  #isOpen = false;
  /** Inline `overflow` of the page, restored on close. */
  #overflow: { value: string; priority: string } | undefined;

  constructor(panel: () => HTMLElement | null) {
    this.#panel = panel;
    this.#media.addEventListener('change', this.#update);
    visualViewport?.addEventListener('resize', this.#update);
    visualViewport?.addEventListener('scroll', this.#update);
  }

  /** Whether the panel is open. */
  set isOpen(isOpen: boolean) {
    this.#isOpen = isOpen;
    this.#update();
  }

  /** Restores the page. May be called twice. */
  close(): void {
    this.isOpen = false;
    this.#media.removeEventListener('change', this.#update);
    visualViewport?.removeEventListener('resize', this.#update);
    visualViewport?.removeEventListener('scroll', this.#update);
  }

  readonly #update = (): void => {
    const isSheet = this.#isOpen && this.#media.matches;
    this.#lockScroll(isSheet ? 'locked' : 'free');
    const panel = this.#panel();
    if (panel === null) return;
    // iOS overlays the keyboard on the page and only resizes the visual viewport.
    if (isSheet && visualViewport !== null) {
      panel.style.setProperty('--_sheet-height', `${visualViewport.height}px`);
      panel.style.setProperty('--_sheet-top', `${visualViewport.offsetTop}px`);
    } else {
      panel.style.removeProperty('--_sheet-height');
      panel.style.removeProperty('--_sheet-top');
    }
  };

  #lockScroll(wanted: 'locked' | 'free'): void {
    const { style } = document.documentElement;
    if (wanted === 'locked' && this.#overflow === undefined) {
      this.#overflow = {
        value: style.getPropertyValue('overflow'),
        priority: style.getPropertyPriority('overflow'),
      };
      style.setProperty('overflow', 'hidden');
    }
    if (wanted === 'free' && this.#overflow !== undefined) {
      const { value, priority } = this.#overflow;
      if (value === '') style.removeProperty('overflow');
      else style.setProperty('overflow', value, priority);
      this.#overflow = undefined;
    }
  }
}
