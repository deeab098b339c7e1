/** Loads `PhoneSheet` when an open panel covers the page for the first time. */
import { phoneMedia } from './is-phone.ts';
import type { PhoneSheet } from './phone-sheet.ts';

/** Shows and hides the phone sheet as the panel opens and the viewport changes. */
export class LazyPhoneSheet {
  readonly #panel: () => HTMLElement | null;
  readonly #isWanted: () => boolean;
  readonly #media = phoneMedia();
  #sheet: PhoneSheet | undefined;

  /** @param isWanted whether the panel is open and floating; called again after the sheet has loaded */
  constructor(panel: () => HTMLElement | null, isWanted: () => boolean) {
    this.#panel = panel;
    this.#isWanted = isWanted;
    this.#media.addEventListener('change', this.show);
  }

  /** Applies the current state. Call it whenever the result of `isWanted` may have changed. */
  readonly show = (): void => {
    if (this.#sheet !== undefined) this.#sheet.isOpen = this.#isWanted();
    else if (this.#isWanted() && this.#media.matches)
      void import('./phone-sheet.ts').then(({ PhoneSheet }) => {
        this.#sheet ??= new PhoneSheet(this.#panel);
        this.#sheet.isOpen = this.#isWanted();
      });
  };

  /** Restores the page and stops listening. */
  close(): void {
    this.#media.removeEventListener('change', this.show);
    this.#sheet?.close();
  }
}
