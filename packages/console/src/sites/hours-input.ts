/** The opening hours: a time zone, and the spans of each day as text. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import type { InputOf } from './input-of.ts';
import { SITE_TEXTS as words } from './site-texts.ts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

type Hours = Readonly<Record<string, unknown>>;
const hoursOf = (value: unknown): Hours => (typeof value === 'object' && value !== null ? { ...value } : {});
const spansOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '');

/** The hours with another text for a day or the zone; null when nothing is left. */
export function withHours(value: unknown, name: string, text: string): unknown {
  const { [name]: _before, ...others } = hoursOf(value);
  const trimmed = text.trim();
  const spans = trimmed.split(',').flatMap((span) => (span.trim() === '' ? [] : [span.trim()]));
  const next = trimmed === '' ? others : { ...others, [name]: name === 'timeZone' ? trimmed : spans };
  return Object.keys(next).length === 0 ? null : next;
}

/** A line of the hours: the zone, or a day. */
interface HoursRow {
  name: 'timeZone' | (typeof DAYS)[number];
  label: string;
  shown: string;
  example: string;
}

/** Renders the hours. What was typed counts when its field is left: until then it is no span yet. */
export function renderHours(input: InputOf): TemplateResult {
  const hours = hoursOf(input.value);
  const timeZone = typeof hours.timeZone === 'string' ? hours.timeZone : '';
  const rows: HoursRow[] = [
    { name: 'timeZone', label: words.timeZone, shown: timeZone, example: 'Europe/Berlin' },
    ...DAYS.map((name) => ({
      ...{ name, label: words.days[name], shown: spansOf(hours[name]), example: words.closed },
    })),
  ];
  return html`<div class="hours">${rows.map((row) => renderRow(row, input))}</div>`;
}

const renderRow = (
  { name, label, shown, example }: HoursRow,
  { id, value, describedBy, isInvalid, changed }: InputOf,
): TemplateResult =>
  html`<label class="field"
    ><span>${label}</span
    ><input
      id=${name === 'timeZone' ? id : `${id}-${name}`}
      type="text"
      autocomplete="off"
      placeholder=${example}
      aria-describedby=${describedBy}
      aria-invalid=${isInvalid ? 'true' : nothing}
      .value=${shown}
      @change=${(event: Event) => {
        if (event.currentTarget instanceof HTMLInputElement)
          changed(withHours(value, name, event.currentTarget.value));
      }}
  /></label>`;
