/** The settings of a site as facts: all of them for who may not edit, and for an admin those that only the configuration changes. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { formatListed } from '../format.ts';
import { fill } from '../texts.ts';
import type { ShownSetting, SiteView } from './site-data.ts';
import { FIXED_LABELS, GROUPS, labelOf } from './site-fields.ts';
import { SITE_TEXTS as words } from './site-texts.ts';
import { formatValue } from './site-words.ts';

const renderRows = (settings: readonly ShownSetting[]): TemplateResult =>
  html`<dl class="values">
    ${settings.map(
      ({ path, value, source }) =>
        html`<div>
          <dt>${labelOf(path)}</dt>
          <dd dir="auto">${formatValue(value)}</dd>
          ${source === undefined ? nothing : html`<dd class="hint">${fill(words.source, { place: source })}</dd>`}
        </div>`,
    )}
  </dl>`;

const isFixed = ({ path }: ShownSetting): boolean => labelOf(path) !== path && path in FIXED_LABELS;

/** What only the configuration changes, and what has a value that nobody is shown. */
export function renderFixed({ settings, hidden }: SiteView): TemplateResult {
  const fixed = settings.filter(isFixed);
  return html`<section class="group" aria-labelledby="g-fixed">
    <h2 id="g-fixed">${words.fixed}</h2>
    <p class="hint">${words.fixedHelp}</p>
    ${renderRows(fixed)}
    ${hidden.length === 0 ? nothing : html`<p class="hint">${fill(words.hidden, { names: hidden.join(', ') })}</p>`}
  </section>`;
}

/** Everything that somebody may read who may not edit. */
export function renderReadOnly({ settings }: SiteView): TemplateResult {
  const groups = GROUPS.map(({ id, title, fields }) => ({
    ...{ id, title },
    rows: settings.filter(({ path }) => fields.some((field) => isOf(path, field.path))),
  }));
  const others = settings.filter((each) => !groups.some(({ rows }) => rows.includes(each)));
  return html`${[...groups, { id: 'others', title: words.others, rows: others }].map(({ id, title, rows }) =>
    rows.length === 0
      ? nothing
      : html`<section class="group" aria-labelledby=${`g-${id}`}>
          <h2 id=${`g-${id}`}>${title}</h2>
          ${renderRows(rows)}
        </section>`,
  )}`;
}

/** A text of a language belongs to the field of the text. */
const isOf = (path: string, fieldPath: string): boolean =>
  path === fieldPath || path.replace(/^widget\.locales\.[A-Za-z0-9-]+\./, 'widget.') === fieldPath;

/** How the site is, in a line: since when, and who edited it last. */
export function renderState({
  disabled,
  isSwitchedOff,
  servedSinceMs,
  edited,
  source,
}: SiteView): TemplateResult {
  const nowMs = Date.now();
  return html`<dl class="facts">
      <div>
        <dt>${words.servedSince}</dt>
        <dd>${formatListed(servedSinceMs, nowMs)}</dd>
      </div>
      <div>
        <dt>${words.editedBy}</dt>
        <dd>
          ${edited === null ? words.never : fill(words.editedWhen, { name: edited.by, time: formatListed(edited.atMs, nowMs) })}
        </dd>
      </div>
      ${
        source === null
          ? nothing
          : html`<div>
              <dt>${words.configuredIn}</dt>
              <dd><bdi>${source}</bdi></dd>
            </div>`
      }
    </dl>
    ${
      disabled === false
        ? nothing
        : html`<p class="notice">${isSwitchedOff ? words.switchedOff : words.pausedNow}</p>`
    }`;
}
