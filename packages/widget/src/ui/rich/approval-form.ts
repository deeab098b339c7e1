/** The fields of a tool call that waits for approval: renders them, and reads what the visitor has changed. */
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { wholeJson } from './json-text.ts';
import { withValues, type ApprovalField } from './approval-fields.ts';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What the fields are rendered from. */
export interface ApprovalForm {
  fields: readonly ApprovalField[];
  strings: RichStrings;
  /** Makes the ids of the fields unique among the calls of a page. */
  id: string;
  /** Messages by index of the field. */
  problems: ReadonlyMap<number, string>;
}

/** Renders the fields with the values of the call. */
export const renderApprovalForm = (form: ApprovalForm): TemplateResult[] =>
  form.fields.map((field, index) => {
    const { strings, id, problems } = form;
    const problem = problems.get(index);
    const described = [field.hint === undefined ? '' : 'hint', problem === undefined ? '' : 'problem']
      .filter((name) => name !== '')
      .map((name) => `${id}-${index}-${name}`)
      .join(' ');
    const isOptional = !field.isRequired && field.kind !== 'checkbox' && field.kind !== 'shown';
    return html`<div class="form-field" data-kind=${field.kind}>
      <label for="${id}-${index}" dir="auto"
        >${field.label}${isOptional ? html` <span class="form-optional">(${strings.formOptional})</span>` : nothing}</label
      >
      ${renderControl(field, {
        id: `${id}-${index}`,
        index,
        described: described === '' ? nothing : described,
        isInvalid: problem !== undefined,
        strings,
      })}
      ${field.hint === undefined ? nothing : html`<div class="form-hint" id="${id}-${index}-hint" dir="auto">${field.hint}</div>`}
      ${problem === undefined ? nothing : html`<div class="form-problem" id="${id}-${index}-problem">${problem}</div>`}
    </div>`;
  });

interface ControlLook {
  id: string;
  index: number;
  described: string | typeof nothing;
  isInvalid: boolean;
  strings: RichStrings;
}

function renderControl(field: ApprovalField, { id, index, described, isInvalid, strings }: ControlLook) {
  const { kind, isRequired, value } = field;
  const text = textOf(field);
  switch (kind) {
    case 'shown':
      return html`<output id=${id} dir="auto">${SHOWN_TEXTS.code(wholeJson(value) ?? '')}</output>`;
    case 'multiline':
      return html`<textarea
        id=${id}
        data-field=${index}
        rows="3"
        dir="auto"
        ?required=${isRequired}
        aria-invalid=${isInvalid}
        aria-describedby=${described}
        .value=${text}
      ></textarea>`;
    case 'select':
      return html`<select
        id=${id}
        data-field=${index}
        ?required=${isRequired}
        aria-invalid=${isInvalid}
        aria-describedby=${described}
      >
        ${text === '' ? html`<option value="">${strings.formChoose}</option>` : nothing}
        ${(field.choices ?? []).map((one, at) => html`<option value=${at} ?selected=${String(at) === text}>${one.label}</option>`)}
      </select>`;
    default:
      return html`<input
        id=${id}
        data-field=${index}
        type=${kind}
        dir="auto"
        step=${stepOf(field)}
        min=${field.minimum ?? nothing}
        max=${field.maximum ?? nothing}
        ?required=${isRequired && kind !== 'checkbox'}
        aria-invalid=${isInvalid}
        aria-describedby=${described}
        .value=${text}
        .checked=${kind === 'checkbox' && value === true}
      />`;
  }
}

const stepOf = ({ kind, isWhole }: ApprovalField) =>
  kind === 'number'
    ? isWhole === true
      ? '1'
      : 'any'
    : kind === 'datetime-local' || kind === 'time'
      ? 'any'
      : nothing;

/** The value as a control holds it: a list has a line for each item, a choice is its index, a time is in the visitor's zone. */
function textOf({ kind, value, choices = [] }: ApprovalField): string {
  if (kind === 'select') {
    const at = choices.findIndex((one) => wholeJson(one.value) === wholeJson(value));
    return at < 0 ? '' : String(at);
  }
  if (Array.isArray(value)) return value.join('\n');
  if (typeof value !== 'string') return typeof value === 'number' ? String(value) : '';
  return kind === 'datetime-local' ? localTimeOf(value) : value;
}

/** A time without a zone stays as it is. */
function localTimeOf(text: string): string {
  const ms = Date.parse(text);
  if (!hasZone(text) || Number.isNaN(ms)) return text;
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const hasZone = (text: string): boolean => /(Z|[+-]\d\d:?\d\d)$/i.test(text);

/** What the visitor has filled in. */
export type ApprovalReading =
  /** `input` is undefined when nothing was changed. */
  | { kind: 'valid'; input: unknown }
  /** Messages by index of the field. */
  | { kind: 'invalid'; problems: ReadonlyMap<number, string> };

/** Reads the controls below `root`, and puts what was changed into a copy of the input. */
export function readApprovalForm(root: ParentNode, form: ApprovalForm, input: unknown): ApprovalReading {
  const controls = [...root.querySelectorAll<Control>('[data-field]')];
  const problems = new Map<number, string>();
  const changes: { path: readonly string[]; value: unknown }[] = [];
  for (const control of controls) {
    const index = Number(control.dataset.field);
    const field = form.fields[index];
    if (field === undefined) continue;
    const problem = problemOf(control, form.strings);
    if (problem !== undefined) problems.set(index, problem);
    else if (isChanged(control, field)) changes.push({ path: field.path, value: valueOf(control, field) });
  }
  if (problems.size > 0) return { kind: 'invalid', problems };
  return { kind: 'valid', input: changes.length === 0 ? undefined : withValues(input, changes) };
}

function problemOf(control: Control, strings: RichStrings): string | undefined {
  const { validity, required } = control;
  if (validity.valueMissing || (required && !validity.badInput && control.value.trim() === ''))
    return strings.formRequired;
  if (validity.valid) return undefined;
  return control.type === 'email' ? strings.formEmail : strings.formInvalid;
}

const isChanged = (control: Control, field: ApprovalField): boolean =>
  control instanceof HTMLInputElement && control.type === 'checkbox'
    ? control.checked !== (field.value === true)
    : control.value !== textOf(field);

function valueOf(control: Control, field: ApprovalField): unknown {
  const text = control.value;
  if (control instanceof HTMLInputElement && control.type === 'checkbox') return control.checked;
  if (field.kind === 'select') return field.choices?.[Number(text)]?.value;
  if (text === '' && !field.isRequired) return undefined;
  if (field.kind === 'number') return Number(text);
  if (Array.isArray(field.value)) return text.split('\n').filter((line) => line.trim() !== '');
  // The zone that the model used is written as UTC: it is the same moment.
  if (field.kind === 'datetime-local' && (typeof field.value !== 'string' || hasZone(field.value)))
    return new Date(text).toISOString();
  return text;
}
