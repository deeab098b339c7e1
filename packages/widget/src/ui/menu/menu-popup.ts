/**
 * `<rivulet-menu>`: the menu of the header. Arrow keys, Home and End move within it; Escape, Tab and a press outside
 * close it.
 */
import { html, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';

/** One entry of the menu. */
export interface MenuItem {
  /** Visible text. */
  name: string;
  /** Called when the entry is chosen. */
  run: () => void;
}

/** Menu with roving focus. */
export class RivuletMenu extends ReactiveElement {
  static override readonly properties = ['items', 'label'];
  declare items: readonly MenuItem[];
  declare label: string;

  /** Called when the menu closes. `back` returns the focus to where the visitor came from. */
  onClose: (focus: 'back' | 'stays') => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.#onPress, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.#onPress, true);
  }

  override render(): TemplateResult {
    return html`<div
      class="menu"
      part="menu"
      role="menu"
      aria-label=${this.label}
      @keydown=${this.#onKeydown}
    >
      ${this.items.map(
        ({ name, run }) =>
          html`<button
            type="button"
            role="menuitem"
            tabindex="-1"
            class="menu-item"
            part="menu-item"
            @click=${() => {
              this.onClose('stays');
              run();
            }}
          >
            ${name}
          </button>`,
      )}
    </div>`;
  }

  override firstUpdated(): void {
    this.#buttons[0]?.focus();
  }

  get #buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  readonly #onPress = (event: PointerEvent): void => {
    if (!event.composedPath().includes(this)) this.onClose('stays');
  };

  readonly #onKeydown = (event: KeyboardEvent): void => {
    const buttons = this.#buttons;
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (target !== undefined) buttons.at(target % buttons.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.onClose('back');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
