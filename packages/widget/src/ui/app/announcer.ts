/**
 * Speaks to screen readers through two live regions in the light DOM beside the element: live regions in a shadow root
 * are missed by some readers. What comes in quick succession is said once, and the regions are emptied again.
 */
import type { Clock, Timer } from '../../client/environment/clock.ts';

/** Words that come together are joined; also what a reader needs to finish naming what has just got the focus. */
const SETTLE_MS = 250;
/** After this the words are spoken or queued; left behind they would be found again when reading the page. */
const CLEAR_MS = 1000;

export type Urgency = 'polite' | 'assertive';

/** Seen by readers, not by eyes. Set as a property, because a strict policy blocks style attributes. */
const HIDDEN =
  'position:absolute;inline-size:1px;block-size:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap';

export class Announcer {
  readonly #beside: HTMLElement;
  readonly #clock: Clock;
  readonly #regions = new Map<Urgency, HTMLElement>();
  readonly #waiting = new Map<Urgency, string[]>(); // emptied every 250 ms
  readonly #timers = new Map<string, Timer>();

  constructor(beside: HTMLElement, clock: Clock) {
    this.#beside = beside;
    this.#clock = clock;
  }

  /** Says plain text, soon. */
  say(text: string, urgency: Urgency = 'polite'): void {
    const waiting = this.#waiting.get(urgency) ?? [];
    if (text === '' || waiting.includes(text)) return;
    // A region must be there, empty, before it is filled.
    this.#region(urgency);
    this.#waiting.set(urgency, [...waiting, text]);
    this.#after(`say-${urgency}`, SETTLE_MS, () => {
      this.#speak(urgency);
    });
  }

  /** Takes the regions away; may be called twice. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const region of this.#regions.values()) region.remove();
    this.#regions.clear();
  }

  #speak(urgency: Urgency): void {
    const region = this.#region(urgency);
    region.textContent = (this.#waiting.get(urgency) ?? []).join(' ');
    this.#waiting.delete(urgency);
    this.#after(`clear-${urgency}`, CLEAR_MS, () => {
      region.textContent = '';
    });
  }

  #after(name: string, delayMs: number, callback: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#clock.after(delayMs, callback));
  }

  #region(urgency: Urgency): HTMLElement {
    let region = this.#regions.get(urgency);
    if (region === undefined) {
      region = document.createElement('div');
      region.setAttribute('aria-live', urgency);
      region.setAttribute('aria-atomic', 'true');
      region.setAttribute('data-rivulet', 'announcer');
      region.style.cssText = HIDDEN;
      this.#regions.set(urgency, region);
    }
    // The element may have been moved to another place, or body, since.
    if (region.parentNode !== this.#beside.parentNode) this.#beside.after(region);
    return region;
  }
}
