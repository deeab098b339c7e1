/** The earlier messages of a long conversation: drawn when the page has time, or when they come near. Fetched with the first of them. */
import { whenIdle } from '../../shell/when-idle.ts';

/** What shows groups of messages, oldest first, all but those in `later`, by their index. */
export interface LongTranscript extends HTMLElement {
  later: ReadonlySet<number>;
  /** An answer is being written: whatever can wait has to. */
  readonly isBusy: boolean;
}

/** 500 messages. Measured: with all of 5,000 in the page one more delta takes twice as long as in an empty one, and the memory is fivefold. */
const DRAWN_WHEN_IDLE = 10;

export class OlderGroups {
  readonly #place: LongTranscript;
  #isPlanned = false;

  constructor(place: LongTranscript) {
    this.#place = place;
    place.addEventListener('scroll', this.#onScroll, { capture: true, passive: true });
  }

  /** After each change. One group at a time: fifty messages are as much as fits a frame. */
  plan(): void {
    if (this.#isPlanned || this.#place.isBusy || this.#next === undefined) return;
    this.#isPlanned = true;
    whenIdle(() => {
      this.#isPlanned = false;
      const next = this.#next;
      if (!this.#place.isBusy && next !== undefined) this.#draw((index) => index === next);
    });
  }

  /** The newest of them, while there are not enough. */
  get #next(): number | undefined {
    const next = Math.max(...this.#place.later);
    return this.#groups.length - next <= DRAWN_WHEN_IDLE ? next : undefined;
  }

  get #groups(): Element[] {
    return [...this.#place.querySelectorAll('.group')];
  }

  /** Within a screen of what is in sight. */
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
