/** `<rivulet-form>`: a form in an answer. Its values are sent as a message of the visitor. */
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import type { Form, FormAnswer, FormField, Message } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import { checkIcon } from '../message/action-icons.ts';
import { raise } from '../app/intents.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { closestConversation } from './closest-conversation.ts';
import { findFormAnswer } from './form-answer.ts';

type Values = FormAnswer['values'];
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Makes the ids of fields unique among the forms of a page. */
let count = 0;

/** A form part with validation. */
export class RivuletForm extends ReactiveElement {
  static override readonly properties = [
    'form',
    'message',
    'strings',
    'isBusy',
    'isSent',
    'problems',
    'hint',
  ];
  declare form: Form;
  declare message: Message;
  declare strings: RichStrings;
  /** Whether an answer is streaming. */
  declare isBusy: boolean;
  declare isSent: boolean;
  /** Validation messages by name of the field. */
  declare problems: Readonly<Record<string, string>>;
  declare hint: string | undefined;

  readonly #id = `rivulet-form-${++count}`;

  constructor() {
    super();
    this.isSent = false;
    this.problems = {};
  }

  override willUpdate(): void {
    if (!this.isSent)
      this.isSent = findFormAnswer(closestConversation(this), this.message, this.form.formId) !== undefined;
  }

  override render(): TemplateResult {
    const { form, strings, isSent } = this;
    const { title, text, fields } = form;
    return html`<form
      class="form"
      part="form"
      novalidate
      aria-label=${SHOWN_TEXTS.name(title ?? strings.formSubmit)}
      data-sent=${isSent ? '' : nothing}
      @submit=${this.#onSubmit}
    >
      ${title === undefined ? nothing : html`<div class="card-title" dir="auto">${SHOWN_TEXTS.name(title)}</div>`}
      ${text === undefined ? nothing : html`<div class="card-text" dir="auto">${SHOWN_TEXTS.prose(text)}</div>`}
      ${
        isSent
          ? html`<div class="form-sent">${checkIcon}${strings.formSent}</div>`
          : html`${fields.map((field) => this.#renderField(field))}
              ${this.hint === undefined ? nothing : html`<div class="form-problem" role="alert">${this.hint}</div>`}
              <button type="submit" class="prompt is-primary" aria-disabled=${this.isBusy}>
                ${SHOWN_TEXTS.name(form.submitLabel ?? strings.formSubmit)}
              </button>`
      }
    </form>`;
  }

  #renderField(field: FormField): TemplateResult {
    const { strings } = this;
    const id = `${this.#id}-${field.name}`;
    const problem = this.#named(field.name);
    const mark =
      field.isRequired === true
        ? nothing
        : html` <span class="form-optional">(${strings.formOptional})</span>`;
    return html`<div class="form-field" data-kind=${field.kind}>
      <label for=${id} dir="auto"
        >${SHOWN_TEXTS.name(field.label)}${field.kind === 'checkbox' ? nothing : mark}</label
      >
      ${this.#renderControl(field, id)}
      ${problem === undefined ? nothing : html`<div class="form-problem" id="${id}-problem">${problem}</div>`}
    </div>`;
  }

  #renderControl({ name, kind, isRequired = false, placeholder, options = [] }: FormField, id: string) {
    const problem = this.#named(name) === undefined ? nothing : `${id}-problem`;
    const invalid = problem !== nothing;
    switch (kind) {
      case 'multiline':
        return html`<textarea
          id=${id}
          name=${name}
          rows="3"
          dir="auto"
          maxlength="4000"
          placeholder=${placeholder ?? nothing}
          ?required=${isRequired}
          aria-invalid=${invalid}
          aria-describedby=${problem}
          @input=${this.#onInput}
        ></textarea>`;
      case 'select':
        return html`<select
          id=${id}
          name=${name}
          ?required=${isRequired}
          aria-invalid=${invalid}
          aria-describedby=${problem}
          @change=${this.#onInput}
        >
          <option value="">${this.strings.formChoose}</option>
          ${options.map(({ value, label }) => html`<option value=${value}>${SHOWN_TEXTS.name(label)}</option>`)}
        </select>`;
      default:
        return html`<input
          id=${id}
          name=${name}
          type=${kind}
          dir="auto"
          maxlength="1000"
          step=${kind === 'number' ? 'any' : nothing}
          placeholder=${placeholder ?? nothing}
          autocomplete=${AUTOCOMPLETE[kind] ?? nothing}
          ?required=${isRequired}
          aria-invalid=${invalid}
          aria-describedby=${problem}
          @input=${this.#onInput}
        />`;
    }
  }

  /** Field names come from the model, so they may equal inherited properties such as `constructor`. */
  #named(name: string): string | undefined {
    return Object.hasOwn(this.problems, name) ? this.problems[name] : undefined;
  }

  get #controls(): Control[] {
    return [...this.querySelectorAll<Control>('input, textarea, select')];
  }

  /** Removes the message of a field as soon as its value is valid. */
  readonly #onInput = ({ target }: Event): void => {
    if (!isControl(target) || this.#named(target.name) === undefined) return;
    const { [target.name]: _, ...others } = this.problems;
    const problem = this.#problemOf(target);
    this.problems = problem === undefined ? others : { ...others, [target.name]: problem };
  };

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isSent) return;
    this.hint = this.isBusy ? this.strings.formWhenDone : undefined;
    if (this.isBusy) return;
    const controls = this.#controls;
    const wrong = controls.flatMap((control) => {
      const problem = this.#problemOf(control);
      return problem === undefined ? [] : [[control.name, problem] as const];
    });
    this.problems = Object.fromEntries(wrong);
    if (wrong.length > 0) {
      await this.updateComplete;
      controls.find(({ name }) => name === wrong[0]?.[0])?.focus();
      return;
    }
    this.#send(valuesOf(controls));
  };

  #problemOf(control: Control): string | undefined {
    const { validity, type, required } = control;
    const isBlank = required && type !== 'checkbox' && !validity.badInput && control.value.trim() === '';
    if (validity.valueMissing || isBlank) return this.strings.formRequired;
    if (validity.valid) return undefined;
    return type === 'email' ? this.strings.formEmail : this.strings.formInvalid;
  }

  #send(values: Values): void {
    const { formId } = this.form;
    this.isSent = true;
    raise(this, { type: 'announce', text: this.strings.formSent });
    raise(this, {
      type: 'send',
      content: [{ type: 'data', name: 'form-answer', value: { formId, values } }],
      source: 'form',
      settled: (isSent) => {
        this.isSent = isSent;
      },
    });
  }
}

const AUTOCOMPLETE: Readonly<Partial<Record<FormField['kind'], string>>> = { email: 'email', tel: 'tel' };

const isControl = (target: EventTarget | null): target is Control =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;

/** Values by name; empty fields are omitted. */
function valuesOf(controls: readonly Control[]): Values {
  const values = controls.map((control) => [control.name, valueOf(control)] as const);
  return Object.fromEntries(values.filter((one): one is [string, Values[string]] => one[1] !== undefined));
}

function valueOf(control: Control): Values[string] | undefined {
  const text = control.value.trim();
  if (control instanceof HTMLInputElement && control.type === 'checkbox') return control.checked;
  if (text === '') return undefined;
  return control.type === 'number' ? Number(text) : text;
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineForm(): void {
  if (customElements.get('rivulet-form') === undefined) customElements.define('rivulet-form', RivuletForm);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-form': RivuletForm;
  }
}
