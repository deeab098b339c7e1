/** A button in the row below a message. */
import { html, type TemplateResult } from '../lit/lit.ts';

/** A button that stays focusable while it cannot be used. */
export interface ActionButton {
  /** Class of the button. */
  name: string;
  /** Its name for the visitor. */
  label: string;
  /** Its icon. */
  icon: TemplateResult;
  /** Called when it is pressed. */
  press: () => unknown;
  /** Whether it cannot be used, which its looks tell. */
  isDisabled?: boolean;
  /** Why the action is unavailable; shown instead of its name. */
  whyNot?: string | undefined;
}

/** Renders the button. */
export function renderButton({
  name,
  label,
  icon,
  press,
  whyNot,
  isDisabled = false,
}: ActionButton): TemplateResult {
  return html`<button
    type="button"
    class="icon-button ${name}"
    aria-label=${label}
    title=${whyNot ?? label}
    aria-disabled=${isDisabled || whyNot !== undefined}
    @click=${press}
  >
    ${icon}
  </button>`;
}
