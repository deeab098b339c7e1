/**
 * Renders the earlier groups of a long conversation when the page is idle or when they come near the viewport. Loaded
 * with the first group that is deferred.
 */
import { whenIdle } from '../../shell/when-idle.ts';

/** The element that renders groups of messages, oldest first, except those whose index is in `later`. */
export interface LongTranscript extends HTMLElement {
  later: ReadonlySet<number>;
  /** An answer is streaming: everything that can wait has to. */
  readonly isBusy: boolean;
}

/**
 * Ten groups are 500 messages. Measured: with 5,000 messages in the page, a delta takes twice as long as in an empty
 * transcript and memory use is fivefold.
 */
const IDLE_GROUP_COUNT = 10;

/** Decides which deferred groups of one transcript are rendered next. */
export class OlderGroups {
  readonly #place: LongTranscript;
  #isPlanned = false;

  constructor(place: LongTranscript) {
    this.#place = place;
    place.addEventListener('scroll', this.#onScroll, { capture: true, passive: true });
  }

  /** Call it after each change. Renders one group at a time: fifty messages are what fits a frame. */
  plan(): void {
    if (this.#isPlanned || this.#place.isBusy || this.#next === undefined) return;
    this.#isPlanned = true;
    whenIdle(() => {
      this.#isPlanned = false;
      const next = this.#next;
      if (!this.#place.isBusy && next !== undefined) this.#draw((index) => index === next);
    });
  }

  /** Index of the newest deferred group, until enough groups are rendered. */
  get #next(): number | undefined {
    const next = Math.max(...this.#place.later);
    return this.#groups.length - next <= IDLE_GROUP_COUNT ? next : undefined;
  }

  get #groups(): Element[] {
    return [...this.#place.querySelectorAll('.group')];
  }

  /** Renders groups within one screen of the viewport. */
  readonly #onScroll = (): void => {
    const groups = this.#groups;
    const { top, bottom, height } = this.#place.getBoundingClientRect();
    this.#draw((index) => {
      const group = groups[index]?.getBoundingClientRect();
      return group !== undefined && group.bottom > top - height && group.top < bottom + height;
    });
  };

  #draw(isWanted: (index: number) => boolean): void {
    const before = this.#place.later;
    const later = new Set([...before].filter((index) => !isWanted(index)));
    if (later.size < before.size) this.#place.later = later;
  }
}
