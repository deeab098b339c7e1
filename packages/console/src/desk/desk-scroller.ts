/** `<desk-scroller>`: keeps the newest message in view while it is there, and says when it is not. */

/** How far above the end still counts as the end, in CSS pixels: a line. */
const NEAR_PX = 48;

/** Scrolls its content. Its attribute `data-away` is set while the end is not in view. */
export class DeskScroller extends HTMLElement {
  #isAtEnd = true;
  /** Where it was scrolled to before. */
  #top = 0;
  readonly #sizes = new ResizeObserver(() => {
    if (this.#isAtEnd) this.#jump();
  });

  connectedCallback(): void {
    this.addEventListener('scroll', this.#onScroll, { passive: true });
    this.#sizes.observe(this);
    for (const child of this.children) this.#sizes.observe(child);
  }

  disconnectedCallback(): void {
    this.removeEventListener('scroll', this.#onScroll);
    this.#sizes.disconnect();
  }

  /** Shows the end. */
  toEnd(): void {
    this.#isAtEnd = true;
    this.#jump();
    this.#show();
  }

  #jump(): void {
    this.scrollTop = this.scrollHeight;
  }

  /** Content that was added since moves the end, and not the reader: only who scrolls up leaves it. */
  readonly #onScroll = (): void => {
    const isNear = this.scrollHeight - this.scrollTop - this.clientHeight < NEAR_PX;
    if (isNear) this.#isAtEnd = true;
    else if (this.scrollTop < this.#top) this.#isAtEnd = false;
    this.#top = this.scrollTop;
    this.#show();
  };

  #show(): void {
    this.toggleAttribute('data-away', !this.#isAtEnd);
  }
}

/** Defines the element. */
export function defineDeskScroller(): void {
  if (customElements.get('desk-scroller') === undefined) customElements.define('desk-scroller', DeskScroller);
}

declare global {
  interface HTMLElementTagNameMap {
    'desk-scroller': DeskScroller;
  }
}
