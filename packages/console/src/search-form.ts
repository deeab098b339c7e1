/** The form of a search: the text, and the other filters behind a summary. */
import { FINISH_REASONS } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../../widget/src/reading.ts';
import { daysOf, FILTERS, filtersOf, searchHref, SORTS, type Filter, type Filters } from './search-query.ts';
import { TEXTS } from './texts.ts';

const { search: words } = TEXTS;

interface InputOf {
  name: Filter;
  label: string;
  type?: 'text' | 'search' | 'date';
  hint?: string;
}
type Option = readonly [value: string, label: string];

const RATINGS: readonly Option[] = [
  ['up', words.up],
  ['down', words.down],
];
const REASONS: readonly Option[] = FINISH_REASONS.map((reason) => [reason, TEXTS.reasons[reason]]);

/**
 * Renders the form.
 * @param sites those that the user may see; null: all, of which the page knows no list
 * @param submitted called with what was filled in
 */
export function renderSearchForm(
  filters: Filters,
  sites: readonly string[] | null,
  submitted: (filters: Filters) => void,
): TemplateResult {
  const hasMore = FILTERS.some((name) => name !== 'text' && name !== 'sort' && filters[name] !== undefined);
  const input = (of: InputOf) => renderInput(of, filters);
  const select = (of: InputOf, options: readonly Option[]) => renderSelect(of, options, filters);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement) submitted(filtersIn(event.currentTarget));
  };
  return html`<form class="search" role="search" aria-label=${words.label} @submit=${onSubmit}>
    <div class="search-line">
      ${input({ name: 'text', label: words.text, type: 'search' })}
      <button type="submit" class="button is-main">${words.submit}</button>
      <a class="button" href="/admin/conversations">${words.clear}</a>
    </div>
    <details ?open=${hasMore}>
      <summary>${words.more}</summary>
      <div class="fields">
        ${
          sites === null
            ? input({ name: 'site', label: words.site })
            : select(
                { name: 'site', label: words.site },
                sites.map((site) => [site, site]),
              )
        }
        ${input({ name: 'visitor', label: words.visitor, hint: words.visitorHint })}
        ${select({ name: 'rating', label: words.rating }, RATINGS)}
        ${select({ name: 'reason', label: words.reason }, REASONS)}
        ${input({ name: 'tool', label: words.tool })}
        ${input({ name: 'model', label: words.model, hint: words.modelHint })}
        ${input({ name: 'ref', label: words.ref, hint: words.refHint })}
        ${input({ name: 'from', label: words.from, type: 'date' })}
        ${input({ name: 'to', label: words.to, type: 'date' })}
      </div>
    </details>
    ${filters.sort === undefined ? nothing : html`<input type="hidden" name="sort" .value=${filters.sort} />`}
  </form>`;
}

/** Renders the orders and the times that are asked for most, as links that keep the other filters. */
export function renderChoices(filters: Filters, nowMs: number): TemplateResult {
  const { from, to, sort = 'newest', ...others } = filters;
  const time = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const days = daysOf(nowMs);
  const link = (text: string, href: string, isCurrent: boolean) =>
    html`<a href=${href} aria-current=${isCurrent ? 'true' : nothing}>${text}</a>`;
  const dayLink = (name: keyof typeof words.days, day: Filters) =>
    link(words.days[name], searchHref({ ...others, ...day, sort }), from === day.from && to === day.to);
  return html`<div class="choices">
    <div class="spans" role="group" aria-label=${words.time}>
      ${dayLink('any', {})} ${dayLink('today', days.today)} ${dayLink('yesterday', days.yesterday)}
      ${dayLink('week', days.week)}
    </div>
    <div class="spans" role="group" aria-label=${words.sort}>
      ${SORTS.map((name) => link(words.sorts[name], searchHref({ ...others, ...time, sort: name }), sort === name))}
    </div>
  </div>`;
}

function filtersIn(form: HTMLFormElement): Filters {
  const entries = [...new FormData(form)].map(([name, value]) => [
    name,
    typeof value === 'string' ? value : '',
  ]);
  return filtersOf(new URLSearchParams(entries));
}

const renderInput = ({ name, label, type = 'text', hint }: InputOf, filters: Filters): TemplateResult =>
  html`<label class="field"
    ><span>${label}</span
    ><input
      name=${name}
      type=${type}
      .value=${filters[name] ?? ''}
      maxlength="200"
      title=${hint ?? nothing}
      dir="auto"
  /></label>`;

const renderSelect = (
  { name, label }: InputOf,
  options: readonly Option[],
  filters: Filters,
): TemplateResult =>
  html`<label class="field"
    ><span>${label}</span
    ><select name=${name}>
      <option value="">${words.any}</option>
      ${options.map(
        ([value, text]) => html`<option value=${value} ?selected=${filters[name] === value}>${text}</option>`,
      )}
    </select></label
  >`;
