/** The earlier messages of a long conversation: drawn when the page has time, or when they come near. Fetched with the first of them. */
import { whenIdle } from '../shell/when-idle.ts';

/** What shows groups of messages, oldest first, and draws those from `drawnFrom` on. */
export interface LongTranscript extends HTMLElement {
  drawnFrom: number;
  /** An answer is being written: whatever can wait has to. */
  readonly isBusy: boolean;
}

export class OlderGroups {
  readonly #place: LongTranscript;
  #isPlanned = false;

  constructor(place: LongTranscript) {
    this.#place = place;
    place.addEventListener('contentvisibilityautostatechange', this.#onNear);
  }

  /** After each change. One group at a time: fifty messages are as much as fits a frame. */
  plan(): void {
    const place = this.#place;
    if (this.#isPlanned || place.isBusy || place.drawnFrom === 0) return;
    this.#isPlanned = true;
    whenIdle(() => {
      this.#isPlanned = false;
      if (!place.isBusy) place.drawnFrom -= 1;
    });
  }

  readonly #onNear = (event: Event): void => {
    const place = this.#place;
    const index = [...place.querySelectorAll('.group')].findIndex((group) => group === event.target);
    // Told of the first layout as well, before the view went to the end.
    if (index >= 0 && index < place.drawnFrom && isNear(event.target as Element, place))
      place.drawnFrom = index; // found among elements
  };
}

/** Within a screen of what is in sight. */
function isNear(element: Element, place: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const seen = place.getBoundingClientRect();
  return bottom > seen.top - seen.height && top < seen.bottom + seen.height;
}
