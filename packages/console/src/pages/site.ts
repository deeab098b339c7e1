/** The page of one site: how it is served, the form that edits it, and the snippet of its pages. */
import { adoptStyles, html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ApiError, ask } from '../api.ts';
import { formatTime } from '../format.ts';
import type { Page, PageContext } from '../page.ts';
import type { LastEdit, SettingProblem, SiteView } from '../sites/site-data.ts';
import { NO_CHANGES, rebased, requestOf, withReset, withValue, type Draft } from '../sites/site-draft.ts';
import { renderFixed, renderReadOnly, renderState } from '../sites/site-facts.ts';
import { concernsField, GROUPS, groupOf, inLanguage, labelOf, languageOf } from '../sites/site-fields.ts';
import { idOf, renderGroups } from '../sites/site-form.ts';
import { siteStyles } from '../sites/site-styles.ts';
import { SITE_TEXTS as words } from '../sites/site-texts.ts';
import { sentence } from '../sites/site-words.ts';
import { SnippetPanel } from '../sites/snippet-panel.ts';
import { fill, TEXTS } from '../texts.ts';

/** What was not saved when the session of a user ended, by the user and the site. Bounded by the sites; gone with the tab. */
const keptDrafts = new Map<string, Draft>();

type Status = 'idle' | 'saving' | 'invalid' | { conflict: LastEdit };

/** One site. */
export class SitePage implements Page {
  readonly title: string;
  readonly #context: PageContext;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #snippet: SnippetPanel;
  #site: SiteView | undefined;
  #draft: Draft;
  #problems: readonly SettingProblem[] = [];
  #status: Status = 'idle';
  #language = '';
  /** The groups that are open. The others are few words on a phone. */
  readonly #open = new Set(['state', 'model']);
  #problem = '';

  constructor(context: PageContext, id: string) {
    adoptStyles(document, [siteStyles]);
    this.title = id;
    this.#context = context;
    this.#id = id;
    this.#draft = keptDrafts.get(this.#draftKey) ?? NO_CHANGES;
    this.#snippet = new SnippetPanel(context, id);
    addEventListener('beforeunload', this.#onBeforeUnload);
    void this.#load();
  }

  get hasUnsaved(): boolean {
    return this.#draft.size > 0;
  }

  discard(): void {
    this.#draft = NO_CHANGES;
    keptDrafts.delete(this.#draftKey);
  }

  /** Somebody else who signs in does not see it. */
  get #draftKey(): string {
    return `${this.#context.user.name} ${this.#id}`;
  }

  close(): void {
    this.#stop.abort();
    this.#snippet.close();
    removeEventListener('beforeunload', this.#onBeforeUnload);
    if (this.hasUnsaved) keptDrafts.set(this.#draftKey, this.#draft);
    else keptDrafts.delete(this.#draftKey);
  }

  readonly #onBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (this.hasUnsaved) event.preventDefault();
  };

  get #path(): string {
    return `sites/${encodeURIComponent(this.#id)}`;
  }

  async #load(): Promise<void> {
    try {
      const { signal } = this.#stop;
      this.#shown((await ask<{ site: SiteView }>(this.#path, { signal })).site);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#problem = this.#context.explain(error);
    }
    this.#context.changed();
  }

  /** What was changed and not saved stays, as far as it still differs. */
  #shown(site: SiteView): void {
    this.#site = site;
    this.#draft = rebased(site, this.#draft);
    this.#problems = [];
    this.#status = 'idle';
    this.#problem = '';
  }

  readonly #save = async (): Promise<void> => {
    const site = this.#site;
    if (site === undefined || this.#status === 'saving' || !this.hasUnsaved) return;
    this.#status = 'saving';
    this.#problem = '';
    const saved = this.#draft;
    this.#context.changed();
    try {
      const request = { method: 'PATCH', body: requestOf(site, saved) } as const;
      const answer = await ask<{ site: SiteView }>(this.#path, request);
      this.#shown(answer.site);
      this.#context.announce(words.saved);
    } catch (error) {
      this.#status = 'idle';
      this.#refused(error);
    }
    this.#context.changed();
  };

  #refused(error: unknown): void {
    const { problems, edited } = error instanceof ApiError ? error.answer : {};
    if (problems !== undefined) {
      this.#status = 'invalid';
      this.#problems = problems;
      this.#language = languageOf(problems[0]?.path ?? '');
      for (const { path } of problems) this.#openGroupOf(path);
      // After it was rendered.
      setTimeout(() => {
        document.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
      });
      return;
    }
    if (edited !== undefined && error instanceof ApiError && error.status === 409) {
      this.#status = { conflict: edited };
      return;
    }
    this.#problem = this.#context.explain(error);
  }

  render(): TemplateResult {
    const site = this.#site;
    return html`<p><a href="/admin/sites">${words.allSites}</a></p>
      ${
        this.#problem === ''
          ? nothing
          : html`<p class="problem" role="alert">
              ${this.#problem}
              <button type="button" class="button" @click=${() => void this.#load()}>${TEXTS.retry}</button>
            </p>`
      }
      ${
        site === undefined
          ? html`<p class="status">${this.#problem === '' ? TEXTS.loading : nothing}</p>`
          : html`${renderState(site)} ${site.mayEdit ? this.#renderForm(site) : this.#renderReading(site)}`
      }`;
  }

  #renderReading(site: SiteView): TemplateResult {
    return html`<p class="hint">${words.readOnly}</p>
      ${renderReadOnly(site)} ${this.#snippet.render()}`;
  }

  #renderForm(site: SiteView): TemplateResult {
    return html`${this.#renderDifferences(site)}
    ${renderGroups({
      site,
      draft: this.#draft,
      problems: this.#problems,
      language: this.#language,
      changed: (next) => {
        this.#changedTo(withValue(site, this.#draft, next), next.path);
      },
      reset: (path) => {
        this.#changedTo(withReset(site, this.#draft, path), path);
      },
      languageChosen: (language) => {
        this.#language = language;
        this.#context.changed();
      },
      open: this.#open,
      toggled: (group, isOpen) => {
        if (isOpen) this.#open.add(group);
        else this.#open.delete(group);
      },
    })}
    ${renderFixed(site)} ${this.#snippet.render()} ${this.#renderSave()}`;
  }

  #changedTo(draft: Draft, path: string): void {
    this.#draft = draft;
    this.#problems = this.#problems.filter((problem) => !concernsField(problem.path, path));
    this.#context.changed();
  }

  #renderDifferences({ settings }: SiteView): TemplateResult | typeof nothing {
    const edited = settings.filter(({ state }) => state === 'edited');
    if (edited.length === 0) return nothing;
    const text =
      edited.length === 1 ? words.oneDifference : fill(words.differences, { count: edited.length });
    return html`<details class="notice">
      <summary>${text}</summary>
      <ul class="differences">
        ${edited.map(
          ({ path }) =>
            html`<li>
              <button type="button" class="link" @click=${() => void this.#goTo(path)}>
                ${labelOf(path)}
              </button>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  /** A problem may be about a group as a whole. */
  #openGroupOf(path: string): void {
    for (const { id, fields } of GROUPS)
      if (groupOf(path) === id || fields.some((field) => field.path.startsWith(`${path}.`)))
        this.#open.add(id);
  }

  async #goTo(path: string): Promise<void> {
    this.#language = languageOf(path);
    this.#openGroupOf(path);
    this.#context.changed();
    await Promise.resolve(); // it renders in the next microtask
    document.getElementById(idOf(path))?.focus();
  }

  #renderSave(): TemplateResult {
    const count = this.#draft.size;
    const isSaving = this.#status === 'saving';
    const changes = count === 1 ? words.oneChange : fill(words.changes, { count });
    return html`<div class="save" role="region" aria-label=${words.save} ?hidden=${count === 0}>
      ${this.#renderStatus()}
      <span>${changes}</span>
      <button type="button" class="button" ?disabled=${isSaving} @click=${this.#onDiscard}>
        ${words.discard}
      </button>
      <button type="button" class="button is-main" ?disabled=${isSaving} @click=${this.#save}>
        ${isSaving ? words.saving : words.save}
      </button>
    </div>`;
  }

  #renderStatus(): TemplateResult | typeof nothing {
    const status = this.#status;
    if (status === 'invalid')
      return html`<div class="problem" role="alert">
        ${words.invalid} ${this.#unplaced().map(({ problem }) => html`<p>${sentence(problem)}</p>`)}
      </div>`;
    if (typeof status !== 'object') return nothing;
    const { by: name, atMs } = status.conflict;
    return html`<div class="problem" role="alert">
      ${fill(words.conflict, { name, time: formatTime(atMs) })}
      <button type="button" class="button" @click=${() => void this.#load()}>${words.loadTheirs}</button>
    </div>`;
  }

  /** Those that no field shows. */
  #unplaced(): SettingProblem[] {
    const paths = GROUPS.flatMap(({ fields, isByLanguage }) =>
      fields.map(({ path }) => (isByLanguage === true ? inLanguage(path, this.#language) : path)),
    );
    return this.#problems.filter(
      ({ path }) =>
        !paths.some((field) => concernsField(path, field) || (path !== '' && field.startsWith(`${path}.`))),
    );
  }

  readonly #onDiscard = (): void => {
    this.discard();
    this.#problems = [];
    this.#status = 'idle';
    this.#context.changed();
  };
}
