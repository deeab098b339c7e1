/** `<rivulet-custom>`: container of a data part that the site renders itself. */
import type { DataPart, Message } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import type { PartRenderer } from '../../shell/options.ts';

/** Calls the renderer of the site and shows the node it returns. */
export class RivuletCustom extends ReactiveElement {
  static override readonly properties = ['data', 'renderer', 'message', 'locale'];
  declare data: DataPart;
  declare renderer: PartRenderer;
  declare message: Message;
  declare locale: string;

  #node: Node | null = null;

  /**
   * Calls the renderer again when the part, the renderer or the locale changes, but not for other changes of the
   * message.
   */
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('data') && !changed.has('renderer') && !changed.has('locale')) return;
    try {
      const { message, locale } = this;
      this.#node = this.renderer(this.data.value, { message, locale });
    } catch (error) {
      reportError(error); // a bug of the page, reported like any other
      this.#node = null;
    }
  }

  override render(): TemplateResult {
    return html`${this.#node}`;
  }
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineCustomPart(): void {
  if (customElements.get('rivulet-custom') === undefined)
    customElements.define('rivulet-custom', RivuletCustom);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-custom': RivuletCustom;
  }
}
