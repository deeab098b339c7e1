/** The sites that the user may see, each with its state. */
import { adoptStyles, html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask } from '../api.ts';
import { formatListed } from '../format.ts';
import type { Page, PageContext } from '../page.ts';
import { siteHrefOf } from '../router.ts';
import type { ListedSite } from '../sites/site-data.ts';
import { siteStyles } from '../sites/site-styles.ts';
import { SITE_TEXTS as words } from '../sites/site-texts.ts';
import { fill, TEXTS } from '../texts.ts';

/** The list. */
export class SitesPage implements Page {
  readonly title = TEXTS.sites;
  readonly #context: PageContext;
  readonly #stop = new AbortController();
  #sites: readonly ListedSite[] | undefined;
  #problem = '';

  constructor(context: PageContext) {
    adoptStyles(document, [siteStyles]);
    this.#context = context;
    void this.#load();
  }

  close(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    try {
      const { signal } = this.#stop;
      this.#sites = (await ask<{ sites: ListedSite[] }>('sites', { signal })).sites;
      this.#problem = '';
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#problem = this.#context.explain(error);
    }
    this.#context.changed();
  }

  render(): TemplateResult {
    const sites = this.#sites;
    if (this.#problem !== '')
      return html`<p class="problem" role="alert">
        ${this.#problem}
        <button type="button" class="button" @click=${() => void this.#load()}>${TEXTS.retry}</button>
      </p>`;
    if (sites === undefined) return html`<p class="status">${TEXTS.loading}</p>`;
    if (sites.length === 0) return html`<p class="status">${words.none}</p>`;
    return html`<ul class="list">
      ${sites.map(renderSite)}
    </ul>`;
  }
}

function renderSite({ id, disabled, edited, servedSinceMs }: ListedSite): TemplateResult {
  const nowMs = Date.now();
  const time = formatListed(edited?.atMs ?? servedSinceMs, nowMs);
  return html`<li>
    <a class="row" href=${siteHrefOf(id)}>
      <span class="row-title"><bdi>${id}</bdi></span>
      <span class="row-time"
        >${edited === null ? `${words.servedSince} ${time}` : `${words.editedBy} ${fill(words.editedWhen, { name: edited.by, time })}`}</span
      >
      <span class="row-preview">${disabled === false ? words.answering : nothing}</span>
      ${disabled === false ? nothing : html`<span class="row-marks"><span class="mark is-warm">${words.paused}</span></span>`}
    </a>
  </li>`;
}
