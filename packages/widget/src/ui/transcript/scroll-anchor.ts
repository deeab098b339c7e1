/**
 * Keeps the transcript where the visitor reads. A sent message goes to the top and its answer grows below it, into a
 * spacer that only ever makes the content taller; the spacer is trimmed when the answer has settled.
 */

/** Own scrolling of this much, away from the end, stops following; closer than this to the end is at the end. */
const LET_GO_PX = 50;
/** Room above an anchored message. */
const ANCHOR_MARGIN_PX = 20;

export interface ScrollParts {
  scroller: HTMLElement;
  /** All that is shown, without the spacer. */
  content: HTMLElement;
  spacer: HTMLElement;
  /** Called when the end of the content goes out of sight or comes back. */
  onAwayChange(isAway: boolean): void;
}

export class ScrollAnchor {
  readonly #parts: ScrollParts;
  readonly #observer = new ResizeObserver(() => {
    this.#settle();
  });
  /** Nothing moves by itself: the site wants it so. */
  isStill = false;
  #anchor: HTMLElement | undefined;
  #isFollowing = true;
  #isStreaming = false;
  #isAway = false;
  #lastTop = 0;
  /** How far the visitor has scrolled up since following last moved the view. */
  #scrolledUpPx = 0;

  constructor(parts: ScrollParts) {
    this.#parts = parts;
    this.#observer.observe(parts.content);
    this.#observer.observe(parts.scroller);
    parts.scroller.addEventListener('scroll', this.#onScroll, { passive: true });
  }

  /** While an answer is written the content never gets shorter. */
  set isStreaming(isStreaming: boolean) {
    if (this.#isStreaming === isStreaming) return;
    this.#isStreaming = isStreaming;
    this.#settle();
  }

  /** Brings the visitor's message to the top; the answer will grow below it. */
  anchorTo(element: HTMLElement, behavior: 'smooth' | 'instant'): void {
    this.#anchor = element;
    this.#isFollowing = false;
    this.#settle();
    this.#scrollTo(this.#topOf(element), behavior);
  }

  /** Goes to the end and stays there while it grows. */
  toEnd(behavior: 'smooth' | 'instant'): void {
    this.#anchor = undefined;
    this.#isFollowing = true;
    this.#settle();
    this.#scrollTo(this.#endTop(), behavior);
  }

  /** Keeps the lower edge of an element where it is over a change above it. @returns to be called after the change */
  hold(element: HTMLElement): () => void {
    this.#isFollowing = false;
    const { bottom } = element.getBoundingClientRect();
    return () => {
      this.#parts.scroller.scrollTop += element.getBoundingClientRect().bottom - bottom;
    };
  }

  close(): void {
    this.#observer.disconnect();
    this.#parts.scroller.removeEventListener('scroll', this.#onScroll);
  }

  #topOf(element: HTMLElement): number {
    const { scroller } = this.#parts;
    const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    return Math.max(0, scroller.scrollTop + offset - ANCHOR_MARGIN_PX);
  }

  /** The scroll position at which the content's last line is at the bottom. */
  #endTop(): number {
    const { scroller, content } = this.#parts;
    return Math.max(0, content.offsetHeight - scroller.clientHeight);
  }

  /** After every change of size, before it is painted. */
  #settle(): void {
    const { scroller, content, spacer } = this.#parts;
    const wanted = this.#wantedHeight();
    const spacerPx = Math.max(0, Math.ceil(wanted - content.offsetHeight));
    spacer.style.setProperty('block-size', `${spacerPx}px`);
    if (this.#isFollowing && !this.isStill && !this.#hasSelection()) scroller.scrollTop = this.#endTop();
    this.#reportAway();
  }

  /** How tall the scrolled area must be at least. */
  #wantedHeight(): number {
    const { scroller } = this.#parts;
    if (this.#anchor?.isConnected !== true) return 0;
    // Settled: no more than keeps the view where it is, so that the emptiness goes when the visitor scrolls up.
    if (!this.#isStreaming)
      return Math.min(scroller.scrollTop, this.#topOf(this.#anchor)) + scroller.clientHeight;
    return this.#topOf(this.#anchor) + scroller.clientHeight;
  }

  /** Text that is being selected must not run away. */
  #hasSelection(): boolean {
    const selection = document.getSelection();
    return selection?.type === 'Range' && this.#parts.content.contains(selection.anchorNode);
  }

  #scrollTo(top: number, behavior: 'smooth' | 'instant'): void {
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#parts.scroller.scrollTo({ top, behavior: isCalm ? 'instant' : behavior });
  }

  readonly #onScroll = (): void => {
    const { scrollTop } = this.#parts.scroller;
    const movedPx = scrollTop - this.#lastTop;
    this.#lastTop = scrollTop;
    this.#scrolledUpPx = movedPx < 0 ? this.#scrolledUpPx - movedPx : 0;
    const beforeEndPx = this.#endTop() - scrollTop;
    if (this.#scrolledUpPx > LET_GO_PX && beforeEndPx > LET_GO_PX) this.#isFollowing = false;
    else if (this.#anchor === undefined && beforeEndPx < 1) this.#isFollowing = true;
    this.#reportAway();
  };

  #reportAway(): void {
    const isAway = this.#endTop() - this.#parts.scroller.scrollTop > LET_GO_PX;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#parts.onAwayChange(isAway);
  }
}
