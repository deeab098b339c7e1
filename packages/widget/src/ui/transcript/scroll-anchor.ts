/**
 * Keeps the scroll position where the visitor reads. A sent message is scrolled to the top and its answer grows below
 * it, into a spacer that only makes the content taller; the spacer is trimmed when the answer has ended.
 */

/** Scrolling up by this much stops following the end; a position closer than this to the end counts as the end. */
const FOLLOW_THRESHOLD_PX = 50;
/** Space above an anchored message. */
const ANCHOR_MARGIN_PX = 20;
/** A line or two above the first message stays in view: half of it would be cut off. */
const START_PX = 80;

/** The elements that a scroll anchor works on. */
export interface ScrollParts {
  /** The element that scrolls. */
  scroller: HTMLElement;
  /** Everything that is shown, without the spacer. */
  content: HTMLElement;
  /** Empty element below the content. The anchor sets its height. */
  spacer: HTMLElement;
  /** Called when the end of the content leaves or enters the viewport. */
  onAwayChange(isAway: boolean): void;
}

/** Scroll behaviour of one transcript. `close()` stops its observers. */
export class ScrollAnchor {
  readonly #parts: ScrollParts;
  readonly #observer = new ResizeObserver(() => {
    this.#settle();
  });
  /** True if the site has turned automatic scrolling off. */
  isStill = false;
  #anchor: HTMLElement | undefined;
  #isFollowing = true;
  #isStreaming = false;
  #isAway = false;
  #lastTop = 0;
  /** Pixels that the visitor has scrolled up since the anchor last moved the view. */
  #scrolledUpPx = 0;

  constructor(parts: ScrollParts) {
    this.#parts = parts;
    this.#observer.observe(parts.content);
    this.#observer.observe(parts.scroller);
    parts.scroller.addEventListener('scroll', this.#onScroll, { passive: true });
  }

  /** While an answer streams, the scroll height never shrinks. */
  set isStreaming(isStreaming: boolean) {
    if (this.#isStreaming === isStreaming) return;
    this.#isStreaming = isStreaming;
    this.#settle();
  }

  /** Scrolls a message of the visitor to the top; the answer grows below it. */
  anchorTo(element: HTMLElement, behavior: 'smooth' | 'instant'): void {
    this.#anchor = element;
    this.#isFollowing = false;
    this.#settle();
    this.#scrollTo(this.#topOf(element), behavior);
  }

  /** Scrolls to the end and follows it while it grows. */
  toEnd(behavior: 'smooth' | 'instant'): void {
    this.#anchor = undefined;
    this.#isFollowing = true;
    this.#settle();
    this.#scrollTo(this.#endTop(), behavior);
  }

  /**
   * Keeps the lower edge of an element in place over a change of the content above it.
   * @returns a function to call after the change
   */
  hold(element: HTMLElement): () => void {
    this.#isFollowing = false;
    const { bottom } = element.getBoundingClientRect();
    return () => {
      this.#parts.scroller.scrollTop += element.getBoundingClientRect().bottom - bottom;
    };
  }

  /** Stops observing and listening. */
  close(): void {
    this.#observer.disconnect();
    this.#parts.scroller.removeEventListener('scroll', this.#onScroll);
  }

  #topOf(element: HTMLElement): number {
    const { scroller } = this.#parts;
    const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    const top = scroller.scrollTop + offset;
    return top < START_PX ? 0 : top - ANCHOR_MARGIN_PX;
  }

  /** Scroll position at which the last line of the content is at the bottom of the viewport. */
  #endTop(): number {
    const { scroller, content } = this.#parts;
    return Math.max(0, content.offsetHeight - scroller.clientHeight);
  }

  /** Runs after every change of size, before the browser paints. */
  #settle(): void {
    const { scroller, content, spacer } = this.#parts;
    const wanted = this.#wantedHeight();
    const spacerPx = Math.max(0, Math.ceil(wanted - content.offsetHeight));
    spacer.style.setProperty('block-size', `${spacerPx}px`);
    if (this.#isFollowing && !this.isStill && !this.#hasSelection()) scroller.scrollTop = this.#endTop();
    this.#reportAway();
  }

  /** Minimal scroll height in pixels. */
  #wantedHeight(): number {
    const { scroller } = this.#parts;
    if (this.#anchor?.isConnected !== true) return 0;
    // The answer has ended: only as much height as keeps the view in place, so that the empty space disappears when the
    // visitor scrolls up.
    if (!this.#isStreaming)
      return Math.min(scroller.scrollTop, this.#topOf(this.#anchor)) + scroller.clientHeight;
    return this.#topOf(this.#anchor) + scroller.clientHeight;
  }

  /** Text that is being selected must not move. */
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
    if (this.#scrolledUpPx > FOLLOW_THRESHOLD_PX && beforeEndPx > FOLLOW_THRESHOLD_PX)
      this.#isFollowing = false;
    else if (this.#anchor === undefined && beforeEndPx < 1) this.#isFollowing = true;
    this.#reportAway();
  };

  #reportAway(): void {
    const isAway = this.#endTop() - this.#parts.scroller.scrollTop > FOLLOW_THRESHOLD_PX;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#parts.onAwayChange(isAway);
  }
}
