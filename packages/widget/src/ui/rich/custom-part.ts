/** `<rivulet-custom>`: the place of a data part that the site draws itself. */
import type { DataPart, Message } from '@rivulet/protocol';
import { LitElement, html, type PropertyValues, type TemplateResult } from '../lit/lit.ts';
import type { PartRenderer } from '../../shell/options.ts';

export class RivuletCustom extends LitElement {
  static override readonly properties = {
    data: { attribute: false },
    renderer: { attribute: false },
    message: { attribute: false },
    locale: { attribute: false },
  };
  declare data: DataPart;
  declare renderer: PartRenderer;
  declare message: Message;
  declare locale: string;

  #node: Node | null = null;

  override createRenderRoot(): this {
    return this;
  }

  /** Asked again when the part, the renderer or the language has changed, not for every word of the message around. */
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('data') && !changed.has('renderer') && !changed.has('locale')) return;
    try {
      const { message, locale } = this;
      this.#node = this.renderer(this.data.value, { message, locale });
    } catch (error) {
      reportError(error); // the page's own mistake, told where the page's mistakes are told
      this.#node = null;
    }
  }

  override render(): TemplateResult {
    return html`${this.#node}`;
  }
}

/** Registers the element; a second copy on the page uses that of the first. */
export function defineCustomPart(): void {
  if (customElements.get('rivulet-custom') === undefined)
    customElements.define('rivulet-custom', RivuletCustom);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-custom': RivuletCustom;
  }
}
