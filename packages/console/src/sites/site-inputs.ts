/** The inputs of the form of a site, one for each kind of field. An input shows a value and tells a new one. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { fill } from '../texts.ts';
import { renderHours } from './hours-input.ts';
import type { InputOf } from './input-of.ts';
import { renderReplies } from './replies-input.ts';
import { linesIn, numberIn } from './site-draft.ts';
import type { FieldKind } from './site-field.ts';
import { SITE_TEXTS as words } from './site-texts.ts';
import { formatValue } from './site-words.ts';

/** Whether the field is a group of inputs, which has a legend and no label. */
export const isComposite = ({ kind }: FieldKind): boolean =>
  kind === 'hours' || kind === 'replies' || kind === 'checks';

/** Renders the input. */
export function renderInput(kind: FieldKind, input: InputOf): TemplateResult {
  switch (kind.kind) {
    case 'line':
      return renderLine(input, (text) => (text.trim() === '' ? null : text));
    case 'number':
      return renderLine(input, numberIn, kind.mayBeOff === true ? 'text' : 'decimal');
    case 'text':
      return renderText(input, kind.rows, (text) => (text.trim() === '' ? null : text));
    case 'lines':
      return renderText(input, 4, linesIn);
    case 'choice':
      return renderChoice(input, kind.options, (value) => (value === '' ? null : value));
    case 'yes-no':
      return renderChoice(input, YES_NO, (value) => (value === '' ? null : value === 'true'));
    case 'checks':
      return renderChecks(input, kind.options);
    case 'switch':
      return renderSwitch(input);
    case 'notice':
      return renderNotice(input);
    case 'hours':
      return renderHours(input);
    case 'replies':
      return renderReplies(input);
  }
}

type Option = readonly [value: string, label: string];
const YES_NO: readonly Option[] = [
  ['true', words.yes],
  ['false', words.no],
];

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
const defaultText = (byDefault: unknown): string =>
  byDefault === undefined ? '' : fill(words.defaultIs, { value: formatValue(byDefault) });
const typed = (event: Event): string =>
  event.currentTarget instanceof HTMLInputElement ||
  event.currentTarget instanceof HTMLTextAreaElement ||
  event.currentTarget instanceof HTMLSelectElement
    ? event.currentTarget.value
    : '';

const renderLine = (
  { id, value, raw, byDefault, describedBy, isInvalid, changed }: InputOf,
  read: (text: string) => unknown,
  mode: 'text' | 'decimal' = 'text',
): TemplateResult =>
  html`<input
    id=${id}
    type="text"
    inputmode=${mode}
    autocomplete="off"
    dir="auto"
    placeholder=${defaultText(byDefault)}
    aria-describedby=${describedBy}
    aria-invalid=${isInvalid ? 'true' : nothing}
    .value=${raw ?? textOf(value)}
    @input=${(event: Event) => {
      changed(read(typed(event)), typed(event));
    }}
  />`;

const renderText = (
  { id, label, value, raw, byDefault, describedBy, isInvalid, changed }: InputOf,
  rows: number,
  read: (text: string) => unknown,
): TemplateResult =>
  html`<textarea
    id=${id}
    rows=${rows}
    dir="auto"
    aria-label=${label}
    placeholder=${defaultText(byDefault)}
    aria-describedby=${describedBy}
    aria-invalid=${isInvalid ? 'true' : nothing}
    .value=${raw ?? textOf(value)}
    @input=${(event: Event) => {
      changed(read(typed(event)), typed(event));
    }}
  ></textarea>`;

function renderChoice(
  input: InputOf,
  options: readonly Option[],
  read: (value: string) => unknown,
): TemplateResult {
  const { id, value, byDefault, describedBy, isInvalid, changed } = input;
  const chosen = textOf(value);
  const known = options.find(([name]) => name === String(byDefault))?.[1];
  const shown = known === undefined ? words.byDefault : fill(words.defaultIs, { value: known });
  return html`<select
    id=${id}
    aria-describedby=${describedBy}
    aria-invalid=${isInvalid ? 'true' : nothing}
    @change=${(event: Event) => {
      changed(read(typed(event)));
    }}
  >
    <option value="" .selected=${chosen === ''}>${shown}</option>
    ${options.map(([name, label]) => html`<option value=${name} .selected=${chosen === name}>${label}</option>`)}
  </select>`;
}

/** A choice with a text of its own for one of the options. */
function renderWithText(
  input: InputOf,
  options: readonly Option[],
  of: (choice: string) => unknown,
): TemplateResult {
  const { id, label, value, describedBy, isInvalid, changed } = input;
  const chosen = typeof value === 'string' ? 'text' : value === null ? 'default' : textOf(value);
  return html`<select
      id=${id}
      aria-describedby=${describedBy}
      aria-invalid=${isInvalid ? 'true' : nothing}
      @change=${(event: Event) => {
        changed(of(typed(event)));
      }}
    >
      ${options.map(([name, text]) => html`<option value=${name} .selected=${chosen === name}>${text}</option>`)}
    </select>
    ${
      typeof value === 'string'
        ? renderText(
            { ...input, id: `${id}-text`, label: `${label}: ${words.text}`, byDefault: undefined },
            2,
            (text) => text,
          )
        : nothing
    }`;
}

function renderSwitch(input: InputOf): TemplateResult {
  const { value, isConfigured } = input;
  const options: Option[] = [
    ['false', words.answering],
    ['true', words.paused],
    ['text', words.pausedWithText],
  ];
  const of = (choice: string) =>
    choice === 'text' ? words.pausedExample : choice === 'true' ? true : isConfigured ? false : null;
  return renderWithText({ ...input, value: value ?? false }, options, of);
}

function renderNotice(input: InputOf): TemplateResult {
  const options: Option[] = [
    ['default', words.noticeDefault],
    ['text', words.noticeText],
    ['false', words.noticeNone],
  ];
  const of = (choice: string) =>
    choice === 'text' ? words.noticeExample : choice === 'false' ? false : null;
  return renderWithText(input, options, of);
}

function renderChecks(
  { id, value, describedBy, changed }: InputOf,
  options: readonly Option[],
): TemplateResult {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const names = options.map(([name]) => name);
  return html`<select
      id=${id}
      aria-label=${words.choose}
      aria-describedby=${describedBy}
      @change=${(event: Event) => {
        changed(typed(event) === 'own' ? names : null);
      }}
    >
      <option value="" .selected=${value === null}>${words.byDefault}</option>
      <option value="own" .selected=${value !== null}>${words.only}</option>
    </select>
    ${
      value === null
        ? nothing
        : options.map(
            ([name, label]) =>
              html`<label class="check"
                ><input
                  type="checkbox"
                  .checked=${chosen.includes(name)}
                  @change=${() => {
                    changed(names.filter((each) => chosen.includes(each) !== (each === name)));
                  }}
                />${label}</label
              >`,
          )
    }`;
}
