/** Renders the table of options as a form with native controls, and reports each change at once. */
import { isValid, type Choices, type Value } from './choices.ts';
import { contrastHint, type ContrastHint } from './contrast.ts';
import { element } from './element.ts';
import type { Field } from './field.ts';
import { FIELD_GROUPS } from './fields.ts';

/** Called with the new value when the user has changed an option. */
export type OnChoice = (field: Field, value: Value) => void;
type Of<Kind extends Field['kind']> = Field & { kind: Kind };
type Draw<Kind extends Field['kind']> = (
  field: Of<Kind>,
  value: Value | undefined,
  onChange: OnChange,
) => Node[];
type OnChange = (value: Value) => void;

/** Creates the sections of the form, with the chosen values. */
export function drawControls(choices: Choices, onChoice: OnChoice): HTMLElement[] {
  return FIELD_GROUPS.map(({ title, isOpen, fields }) => {
    const hasChoice = fields.some(({ path }) => choices.has(path));
    return element(
      'details',
      { class: 'section', open: isOpen || hasChoice },
      element('summary', {}, element('h2', {}, title)),
      element('div', { class: 'fields' }, ...fields.flatMap((field) => draw(field, choices, onChoice))),
    );
  });
}

function draw(field: Field, choices: Choices, onChoice: OnChoice): Node[] {
  // DRAW maps each kind to a function for fields of that kind; TypeScript cannot express this for an index of a union type.
  const drawKind = DRAW[field.kind] as (field: Field, value: Value | undefined, onChange: OnChange) => Node[];
  return drawKind(field, choices.get(field.path), (value) => {
    onChoice(field, value);
  });
}

const idOf = (field: Field, part = ''): string => `${field.path.replaceAll('.', '-')}${part}`;

type InputKind = 'text' | 'url' | 'origins' | 'pixels' | 'count';
const TYPES = { text: 'text', url: 'url', origins: 'text', pixels: 'number', count: 'number' };

const drawText: Draw<InputKind> = (field, value, onChange) => {
  const input = element('input', {
    id: idOf(field),
    type: TYPES[field.kind],
    placeholder: field.placeholder ?? '',
    autocomplete: 'off',
    spellcheck: field.kind === 'text' ? 'true' : 'false',
    ...('min' in field && { min: String(field.min), max: String(field.max), inputmode: 'numeric' }),
    ...describedBy(field),
  });
  const texts = [value ?? []].flat().map(String);
  input.value = field.kind === 'pixels' ? texts.join('').replace('px', '') : texts.join(' ');
  input.addEventListener('input', () => {
    const chosen = valueOf(field, input);
    const isWrong = chosen !== '' && !isValid(field, chosen);
    input.setAttribute('aria-invalid', String(isWrong));
    onChange(chosen);
  });
  const unit = { pixels: 'px', count: 'unit' in field ? field.unit : '' }[field.kind as string];
  return [row(field, unit === undefined ? input : withUnit(input, unit))];
};

const withUnit = (input: HTMLElement, unit: string): HTMLElement =>
  element('span', { class: 'with-unit' }, input, element('span', { class: 'unit' }, unit));

function valueOf(field: Of<InputKind>, input: HTMLInputElement): Value {
  const text = input.value.trim();
  if (field.kind === 'origins') return text.split(/\s+/).filter((origin) => origin !== '');
  if (!('min' in field)) return text;
  // The placeholder of a number shows its default.
  if (text === '' || text === field.placeholder) return '';
  const number = Math.min(field.max, Math.max(field.min, Math.round(input.valueAsNumber)));
  return field.kind === 'pixels' ? `${number}px` : number;
}

const drawList: Draw<'list'> = (field, value, onChange) => {
  const given = [value ?? []].flat().map(String);
  const inputs = Array.from({ length: field.count }, (_, index) => {
    const input = element('input', { type: 'text', id: idOf(field, `-${index + 1}`), autocomplete: 'off' });
    input.placeholder = index === 0 ? (field.placeholder ?? '') : '';
    input.value = given[index] ?? '';
    input.addEventListener('input', () => {
      onChange(inputs.map((one) => one.value.trim()).filter((text) => text !== ''));
    });
    return input;
  });
  return inputs.map((input, index) =>
    element(
      'div',
      { class: 'row' },
      element('label', { for: input.id }, `${field.label} ${index + 1}`),
      input,
    ),
  );
};

const drawSelect: Draw<'select'> = (field, value, onChange) => {
  const options = Object.entries(field.labels).map(([option, text]) =>
    // The name of a language is written in that language.
    element(
      'option',
      { value: option, ...(field.path === 'locale' && option !== '' && { lang: option }) },
      text,
    ),
  );
  const select = element('select', { id: idOf(field), ...describedBy(field) }, ...options);
  select.value = String(value ?? field.initial);
  select.addEventListener('change', () => {
    onChange(select.value);
  });
  return [row(field, select)];
};

const drawRadio: Draw<'radio'> = (field, value, onChange) => {
  const chosen = value ?? field.initial;
  const choices = Object.entries(field.labels).map(([option, text]) => {
    const input = element('input', { type: 'radio', name: idOf(field), value: option });
    input.checked = option === chosen;
    input.addEventListener('change', () => {
      onChange(option);
    });
    return element('label', {}, input, element('span', {}, text));
  });
  const group = element('div', { class: 'segments' }, ...choices);
  return [fieldset(field, group)];
};

const drawCheckboxes: Draw<'checkboxes'> = (field, value, onChange) => {
  const allOptions = Object.keys(field.labels);
  const chosen = Array.isArray(value) ? value : allOptions;
  const inputs = allOptions.map((option) => {
    const input = element('input', { type: 'checkbox', value: option });
    input.checked = chosen.includes(option);
    input.addEventListener('change', () => {
      onChange(inputs.filter((one) => one.checked).map((one) => one.value));
    });
    return input;
  });
  const labels = inputs.map((input) => element('label', {}, input, field.labels[input.value] ?? ''));
  return [fieldset(field, element('div', { class: 'checks' }, ...labels))];
};

const drawSwitch: Draw<'switch'> = (field, value, onChange) => {
  const input = element('input', {
    type: 'checkbox',
    id: idOf(field),
    role: 'switch',
    ...describedBy(field),
  });
  input.checked = (value ?? field.initial) === true;
  input.addEventListener('change', () => {
    onChange(input.checked);
  });
  const label = element('label', { class: 'switch', for: input.id }, element('span', {}, field.label), input);
  return [element('div', { class: 'row' }, label, ...hint(field))];
};

/** The default accent is two colours, one for each colour scheme, so no single ratio applies. */
const DEFAULT_ACCENT: ContrastHint = {
  text: 'The default accent; dark panels use a lighter colour.',
  isWarning: false,
};

const drawColour: Draw<'colour'> = (field, value, onChange) => {
  const chosen = String(value ?? field.initial);
  const picker = element('input', {
    type: 'color',
    id: idOf(field),
    'aria-describedby': idOf(field, '-contrast'),
  });
  const code = element('input', { type: 'text', 'aria-label': `${field.label} as #rrggbb`, maxlength: '7' });
  code.spellcheck = false;
  const hint = element('p', { class: 'hint', id: idOf(field, '-contrast'), role: 'status' });
  const show = (colour: string): void => {
    const { text, isWarning } = colour === field.initial ? DEFAULT_ACCENT : contrastHint(colour);
    hint.textContent = text;
    hint.classList.toggle('is-warning', isWarning);
  };
  [picker.value, code.value] = [chosen, chosen];
  show(chosen);
  picker.addEventListener('input', () => {
    code.value = picker.value;
    code.setAttribute('aria-invalid', 'false');
    show(picker.value);
    onChange(picker.value);
  });
  code.addEventListener('input', () => {
    const colour = code.value.trim().toLowerCase();
    code.setAttribute('aria-invalid', String(!isValid(field, colour)));
    if (!isValid(field, colour)) return;
    picker.value = colour;
    show(colour);
    onChange(colour);
  });
  return [
    element(
      'div',
      { class: 'row' },
      element('label', { for: picker.id }, field.label),
      element('span', { class: 'colour' }, picker, code),
      hint,
    ),
  ];
};

const DRAW: { [Kind in Field['kind']]: Draw<Kind> } = {
  text: drawText,
  url: drawText,
  origins: drawText,
  pixels: drawText,
  count: drawText,
  list: drawList,
  select: drawSelect,
  radio: drawRadio,
  checkboxes: drawCheckboxes,
  switch: drawSwitch,
  colour: drawColour,
};

const hint = (field: Field): HTMLElement[] =>
  field.hint === undefined ? [] : [element('p', { class: 'hint', id: idOf(field, '-hint') }, field.hint)];

const describedBy = (field: Field): Record<string, string> =>
  field.hint === undefined ? {} : { 'aria-describedby': idOf(field, '-hint') };

const row = (field: Field, control: HTMLElement): HTMLElement =>
  element(
    'div',
    { class: 'row' },
    element('label', { for: idOf(field) }, field.label),
    control,
    ...hint(field),
  );

const fieldset = (field: Field, group: HTMLElement): HTMLElement =>
  element(
    'fieldset',
    { class: 'row', ...describedBy(field) },
    element('legend', {}, field.label),
    group,
    ...hint(field),
  );
