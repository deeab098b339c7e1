/**
 * Announces text to screen readers through two live regions in the light DOM beside the host element: some screen
 * readers ignore live regions inside a shadow root. Texts in quick succession are joined, and the regions are emptied
 * afterwards.
 */
import type { Clock, Timer } from '@rivulet/protocol';

/**
 * Delay before an announcement. Texts within it are joined, and a screen reader can finish naming the element that was
 * just focused.
 */
const SETTLE_MS = 250;
/**
 * By then the text has been read or queued. If it stayed, visitors would meet it again when they read through the page.
 */
const CLEAR_MS = 1000;

/** `assertive` interrupts the screen reader, `polite` waits for a pause. */
export type Urgency = 'polite' | 'assertive';

/** Visually hidden. Assigned as a property, because a strict Content Security Policy blocks `style` attributes. */
const HIDDEN =
  'position:absolute;inline-size:1px;block-size:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap';

/** Owns the live regions of one widget. `close()` removes them. */
export class Announcer {
  readonly #beside: HTMLElement;
  readonly #clock: Clock;
  readonly #regions = new Map<Urgency, HTMLElement>();
  readonly #waiting = new Map<Urgency, string[]>(); // bounded: emptied after SETTLE_MS
  readonly #timers = new Map<string, Timer>();

  constructor(beside: HTMLElement, clock: Clock) {
    this.#beside = beside;
    this.#clock = clock;
  }

  /** Announces plain text after a short delay. Empty texts and texts that are already queued are ignored. */
  say(text: string, urgency: Urgency = 'polite'): void {
    const waiting = this.#waiting.get(urgency) ?? [];
    if (text === '' || waiting.includes(text)) return;
    // A live region has to exist, empty, before its text changes; otherwise the change is not read.
    this.#region(urgency);
    this.#waiting.set(urgency, [...waiting, text]);
    this.#after(`say-${urgency}`, SETTLE_MS, () => {
      this.#speak(urgency);
    });
  }

  /** Cancels pending announcements and removes the regions. May be called twice. */
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
    // The page may have moved the element since.
    if (region.parentNode !== this.#beside.parentNode) this.#beside.after(region);
    return region;
  }
}
