/** The form of a site: its groups, each field with what differs from the configuration and what is wrong with it. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { fill } from '../texts.ts';
import type { SettingProblem, SiteView } from './site-data.ts';
import { configuredValue, draftValue, isEdited, type Draft, type NewValue } from './site-draft.ts';
import type { FieldGroup, SiteField } from './site-field.ts';
import { concernsField, GROUPS, groupOf, inLanguage, languageOf } from './site-fields.ts';
import { isComposite, renderInput } from './site-inputs.ts';
import { SITE_TEXTS as words } from './site-texts.ts';
import { formatValue, sentence } from './site-words.ts';

/** What the form shows, and whom it tells. */
export interface SiteFormOptions {
  site: SiteView;
  draft: Draft;
  problems: readonly SettingProblem[];
  /** Whose texts are shown; empty: those for all languages. */
  language: string;
  changed: (next: NewValue) => void;
  reset: (path: string) => void;
  languageChosen: (language: string) => void;
  /** The groups that are open. */
  open: ReadonlySet<string>;
  toggled: (group: string, isOpen: boolean) => void;
}

/** The id of the input of a setting. */
export const idOf = (path: string): string => `s-${path.replaceAll('.', '-')}`;

/** The languages that have texts, those that are not saved included. */
export function languagesOf({ settings }: SiteView, draft: Draft): string[] {
  const paths = [...settings.map(({ path }) => path), ...draft.keys()];
  return [...new Set(paths.map(languageOf).filter((language) => language !== ''))].toSorted();
}

/** Renders the groups that the site has. */
export function renderGroups(options: SiteFormOptions): TemplateResult[] {
  const { site } = options;
  return GROUPS.filter(({ needsDesk }) => needsDesk !== true || site.hasDesk).map((group) =>
    renderGroup(group, options),
  );
}

function renderGroup(group: FieldGroup, options: SiteFormOptions): TemplateResult {
  const { id, title, help, fields, isByLanguage } = group;
  const { site, draft, problems, language, open, toggled } = options;
  const paths = [...new Set([...site.settings.map(({ path }) => path), ...draft.keys()])];
  const edited = paths.filter((path) => groupOf(path) === id && isEdited(site, draft, path)).length;
  const shown =
    isByLanguage === true
      ? fields.map((field) => ({ ...field, path: inLanguage(field.path, language) }))
      : fields;
  // What is wrong with the group as a whole, such as a budget of money without a price.
  const ofGroup = problems.filter(
    ({ path }) => path !== '' && shown.some((field) => field.path.startsWith(`${path}.`)),
  );
  return html`<details
    class="group"
    data-group=${id}
    .open=${open.has(id)}
    @toggle=${(event: Event) => {
      if (event.currentTarget instanceof HTMLDetailsElement) toggled(id, event.currentTarget.open);
    }}
  >
    <summary>
      <h2>${title}</h2>
      ${edited === 0 ? nothing : html`<span class="mark is-warm">${fill(words.editedCount, { count: edited })}</span>`}
    </summary>
    ${help === undefined ? nothing : html`<p class="hint">${help}</p>`}
    ${isByLanguage === true ? renderLanguages(options) : nothing}
    ${ofGroup.map(({ problem }) => html`<p class="field-problem" tabindex="-1" data-problem>${sentence(problem)}</p>`)}
    <div class="settings">${shown.map((field) => renderField(field, options))}</div>
  </details>`;
}

function renderField(field: SiteField, options: SiteFormOptions): TemplateResult {
  const { path, label, input } = field;
  const { site, draft, problems, changed } = options;
  const id = idOf(path);
  const change = draft.get(path);
  const isDifferent = isEdited(site, draft, path);
  const shown = renderInput(input, {
    ...{ id, label, value: draftValue(site, draft, path), byDefault: site.defaults[path] },
    raw: change?.kind === 'set' ? change.raw : undefined,
    describedBy: `${id}-about`,
    isInvalid: problems.some((problem) => concernsField(problem.path, path)),
    isConfigured: configuredValue(site, path) !== null,
    changed: (value, raw) => {
      changed({ path, value, ...(raw === undefined ? {} : { raw }) });
    },
  });
  const marks = html`${isDifferent ? html`<span class="mark is-warm">${words.differs}</span>` : nothing}${
    change === undefined ? nothing : html`<span class="mark">${words.unsaved}</span>`
  }`;
  const about = html`${renderAbout(field, options)} ${isDifferent ? renderBack(field, options) : nothing}`;
  const isWide = input.kind === 'text' || input.kind === 'lines' || isComposite(input);
  const classes = `setting${isWide ? ' is-wide' : ''}`;
  return isComposite(input)
    ? html`<fieldset class=${classes} data-path=${path}>
        <legend>${label} ${marks}</legend>
        ${shown} ${about}
      </fieldset>`
    : html`<div class=${classes} data-path=${path}>
        <label for=${id}>${label}</label> ${marks} ${shown} ${about}
      </div>`;
}

/** What is wrong with a field, its help, where it is configured, and what the configuration has. */
function renderAbout({ path, help }: SiteField, { site, draft, problems }: SiteFormOptions): TemplateResult {
  const own = problems.filter((problem) => concernsField(problem.path, path));
  const ignored = site.ignored.filter((problem) => concernsField(problem.path, path));
  const source = site.settings.find((each) => each.path === path)?.source;
  const place = source === undefined ? undefined : fill(words.source, { place: source });
  const hints = [help, place].filter((hint) => hint !== undefined);
  return html`<div id=${`${idOf(path)}-about`} class="about">
    ${own.map((problem) => html`<p class="field-problem">${problemText(problem, path)}</p>`)}
    ${hints.length === 0 ? nothing : html`<p class="hint">${hints.join(' ')}</p>`}
    ${isEdited(site, draft, path) ? renderConfigured(formatValue(configuredValue(site, path))) : nothing}
    ${ignored.map(({ problem }) => html`<p class="field-problem">${fill(words.ignored, { problem })}</p>`)}
  </div>`;
}

/** More than some lines of a prompt: it is shown when somebody asks for it. */
const MAX_SHOWN_CHARS = 160;
const renderConfigured = (value: string): TemplateResult =>
  value.length <= MAX_SHOWN_CHARS
    ? html`<p class="hint is-text">${fill(words.configured, { value })}</p>`
    : html`<details class="hint">
        <summary>${words.inConfiguration}</summary>
        <p class="is-text" dir="auto">${value}</p>
      </details>`;

const renderBack = ({ path, label }: SiteField, { reset }: SiteFormOptions): TemplateResult =>
  html`<button
    type="button"
    class="link"
    aria-label=${fill(words.backOf, { label })}
    @click=${() => {
      reset(path);
    }}
  >
    ${words.back}
  </button>`;

/** A part of a setting is named: the third reply, or a day. */
function problemText({ path, problem }: SettingProblem, fieldPath: string): string {
  const [part = ''] = path.slice(fieldPath.length + 1).split('.');
  if (/^\d+$/.test(part)) return `${Number(part) + 1}: ${sentence(problem)}`;
  const day = Object.entries(words.days).find(([name]) => name === part)?.[1];
  return day === undefined ? sentence(problem) : `${day}: ${sentence(problem)}`;
}

function renderLanguages({ site, draft, language, languageChosen }: SiteFormOptions): TemplateResult {
  const all = [...new Set([...languagesOf(site, draft), ...(language === '' ? [] : [language])])];
  const onAdd = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const tag = event.currentTarget.querySelector('input')?.value.trim() ?? '';
    if (/^[A-Za-z0-9-]{2,35}$/.test(tag)) languageChosen(tag);
    event.currentTarget.reset();
  };
  return html`<div class="languages">
    <label class="field"
      ><span>${words.language}</span
      ><select
        @change=${(event: Event) => {
          if (event.currentTarget instanceof HTMLSelectElement) languageChosen(event.currentTarget.value);
        }}
      >
        <option value="" .selected=${language === ''}>${words.allLanguages}</option>
        ${all.map((tag) => html`<option value=${tag} .selected=${language === tag}>${tag}</option>`)}
      </select></label
    >
    <form @submit=${onAdd}>
      <label class="field"
        ><span>${words.addLanguage}</span
        ><input
          name="tag"
          placeholder="pt-BR"
          autocomplete="off"
          pattern="[A-Za-z0-9\\-]+"
          minlength="2"
          maxlength="35"
      /></label>
      <button type="submit" class="button">${words.add}</button>
    </form>
  </div>`;
}
