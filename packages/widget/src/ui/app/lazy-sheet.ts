/** The sheet of a phone, fetched when an open panel covers the page for the first time. */
import { phoneMedia } from './is-phone.ts';
import type { PhoneSheet } from './phone-sheet.ts';

export class LazySheet {
  readonly #panel: () => HTMLElement | null;
  readonly #isWanted: () => boolean;
  readonly #media = phoneMedia();
  #sheet: PhoneSheet | undefined;

  /** @param isWanted asked again once the sheet is here */
  constructor(panel: () => HTMLElement | null, isWanted: () => boolean) {
    this.#panel = panel;
    this.#isWanted = isWanted;
    this.#media.addEventListener('change', this.show);
  }

  readonly show = (): void => {
    if (this.#sheet !== undefined) this.#sheet.isOpen = this.#isWanted();
    else if (this.#isWanted() && this.#media.matches)
      void import('./phone-sheet.ts').then(({ PhoneSheet }) => {
        this.#sheet ??= new PhoneSheet(this.#panel);
        this.#sheet.isOpen = this.#isWanted();
      });
  };

  /** Gives the page back as it was. */
  close(): void {
    this.#media.removeEventListener('change', this.show);
    this.#sheet?.close();
  }
}
