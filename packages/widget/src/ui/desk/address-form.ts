/** `<rivulet-address>`: the form in which a visitor leaves an address while nobody is there. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import type { VisitorAddress } from '../../client/chat.ts';
import type { DeskStrings } from '../i18n/desk-strings.ts';

/** What the visitor has entered. It outlives the element: in another place of the transcript the form is another element. */
export type AddressDraft = Required<VisitorAddress>;

/** The fields that can be wrong, in their order. */
const CHECKED = ['email', 'hasConsented'] as const;
type Field = (typeof CHECKED)[number];
type Problems = Readonly<Partial<Record<Field, string | undefined>>>;

/** As the gateway checks it: nobody outside can be answered at an address without a dot. */
const EMAIL_PATTERN = String.raw`[^\s@]+@[^\s@]+\.[^\s@]+`;
/** The limits of the protocol. */
const MAX_NAME_CHARS = 200;
const MAX_EMAIL_CHARS = 320;

/** Makes the ids of fields unique among the forms of a page. */
let count = 0;

/** The form. It checks what was entered, and sends nothing itself. */
export class RivuletAddress extends ReactiveElement {
  static override readonly properties = ['strings', 'draft', 'labelId', 'progress', 'problem', 'problems'];
  declare strings: DeskStrings;
  declare draft: AddressDraft;
  /** The id of the text that names the form. */
  declare labelId: string;
  /** What the button says while the address is being sent; undefined: it can be sent. */
  declare progress: string | undefined;
  /** Why it was not sent. */
  declare problem: string | undefined;
  /** What is wrong, by field. */
  declare problems: Problems;

  /** Sends the draft, which is valid. */
  onSend: () => void = () => undefined;

  readonly #id = `rivulet-address-${++count}`;

  constructor() {
    super();
    this.problems = {};
  }

  override render(): TemplateResult {
    const { strings, progress, problem } = this;
    return html`<form
      class="form"
      part="form"
      novalidate
      aria-labelledby=${this.labelId}
      @submit=${this.#onSubmit}
      @input=${this.#onInput}
    >
      ${this.#renderText('name')} ${this.#renderText('email')} ${this.#renderConsent()}
      ${problem === undefined ? nothing : html`<div class="form-problem" role="alert">${problem}</div>`}
      <button type="submit" class="prompt is-primary" aria-disabled=${progress !== undefined}>
        ${progress ?? strings.addressSend}
      </button>
    </form>`;
  }

  #renderText(name: 'name' | 'email'): TemplateResult {
    const { strings, draft } = this;
    const isEmail = name === 'email';
    return html`<div class="form-field">
      <label for="${this.#id}-${name}" dir="auto"
        >${isEmail ? strings.addressEmail : strings.addressName}</label
      >
      <input
        id="${this.#id}-${name}"
        name=${name}
        type=${isEmail ? 'email' : 'text'}
        dir="auto"
        ?required=${isEmail}
        pattern=${isEmail ? EMAIL_PATTERN : nothing}
        maxlength=${isEmail ? MAX_EMAIL_CHARS : MAX_NAME_CHARS}
        autocomplete=${name}
        aria-invalid=${isEmail ? this.problems.email !== undefined : nothing}
        aria-describedby=${isEmail ? this.#describedBy(name) : nothing}
        .value=${draft[name] ?? ''}
      />
      ${isEmail ? this.#renderProblem(name) : nothing}
    </div>`;
  }

  #renderConsent(): TemplateResult {
    const id = `${this.#id}-hasConsented`;
    return html`<div class="form-field" data-kind="checkbox">
      <label for=${id} dir="auto">${this.strings.addressConsent}</label>
      <input
        id=${id}
        name="hasConsented"
        type="checkbox"
        required
        aria-invalid=${this.problems.hasConsented !== undefined}
        aria-describedby=${this.#describedBy('hasConsented')}
        .checked=${this.draft.hasConsented}
      />
      ${this.#renderProblem('hasConsented')}
    </div>`;
  }

  #describedBy(field: Field): string | typeof nothing {
    return this.problems[field] === undefined ? nothing : `${this.#id}-${field}-problem`;
  }

  #renderProblem(field: Field): TemplateResult | typeof nothing {
    const problem = this.problems[field];
    return problem === undefined
      ? nothing
      : html`<div class="form-problem" id="${this.#id}-${field}-problem">${problem}</div>`;
  }

  /** Keeps the value, and removes the message of a field as soon as it is valid. */
  readonly #onInput = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    const { name, value, checked } = target;
    if (name === 'hasConsented') this.draft.hasConsented = checked;
    else this.draft[name === 'name' ? 'name' : 'email'] = value;
    if (CHECKED.some((field) => field === name && this.problems[field] !== undefined))
      this.problems = { ...this.problems, [name]: this.#problemOf(target) };
  };

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.progress !== undefined) return;
    const controls = [...this.querySelectorAll('input')];
    this.problems = Object.fromEntries(controls.map((control) => [control.name, this.#problemOf(control)]));
    const wrong = controls.find((control) => this.#problemOf(control) !== undefined);
    if (wrong === undefined) this.onSend();
    await this.updateComplete; // the message that describes the field is there then
    wrong?.focus();
  };

  #problemOf({ name, validity }: HTMLInputElement): string | undefined {
    if (validity.valid) return undefined;
    return name === 'email' ? this.strings.addressEmailMissing : this.strings.addressConsentMissing;
  }
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineAddress(): void {
  if (customElements.get('rivulet-address') === undefined)
    customElements.define('rivulet-address', RivuletAddress);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-address': RivuletAddress;
  }
}
