/** The audit log, for admins: newest first, by position. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask, type AuditEntry } from '../api.ts';
import { formatTime } from '../format.ts';
import type { Page, PageContext } from '../page.ts';
import { hrefOf } from '../router.ts';
import { TEXTS } from '../texts.ts';

const { auditList: words } = TEXTS;

/** The log. */
export class AuditPage implements Page {
  readonly title = TEXTS.audit;
  readonly #context: PageContext;
  readonly #stop = new AbortController();
  #entries: AuditEntry[] = [];
  #next: string | null = null;
  #problem = '';
  #isLoading = false;

  constructor(context: PageContext) {
    this.#context = context;
    void this.#load();
  }

  close(): void {
    this.#stop.abort();
  }

  readonly #load = async (): Promise<void> => {
    this.#isLoading = true;
    this.#problem = '';
    this.#context.changed();
    try {
      const query = { after: this.#next ?? undefined, limit: '100' };
      const { signal } = this.#stop;
      const page = await ask<{ entries: AuditEntry[]; next: string | null }>('audit', { query, signal });
      this.#entries = [...this.#entries, ...page.entries];
      this.#next = page.next;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#problem = this.#context.explain(error);
    }
    this.#isLoading = false;
    this.#context.changed();
  };

  render(): TemplateResult {
    const isEmpty = this.#entries.length === 0;
    return html`
      ${isEmpty ? nothing : this.#renderTable()}
      ${this.#problem === '' ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      <p class="status">
        ${this.#isLoading ? TEXTS.loading : isEmpty && this.#problem === '' ? words.none : this.#renderNext()}
      </p>
    `;
  }

  #renderTable(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${TEXTS.audit}>
      <table>
        <thead>
          <tr>
            ${[words.when, words.who, words.what, words.target, words.site, words.address].map(
              (name) => html`<th scope="col">${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${this.#entries.map(renderEntry)}
        </tbody>
      </table>
    </div>`;
  }

  #renderNext(): TemplateResult | typeof nothing {
    const hasMore = this.#next !== null || this.#problem !== '';
    const text = this.#problem === '' ? TEXTS.older : TEXTS.retry;
    return hasMore
      ? html`<button type="button" class="button" @click=${() => void this.#load()}>${text}</button>`
      : nothing;
  }
}

const renderEntry = ({ atMs, userName, action, target, siteId, address }: AuditEntry): TemplateResult =>
  html`<tr>
    <td><time datetime=${new Date(atMs).toISOString()}>${formatTime(atMs)}</time></td>
    <td><bdi>${userName === '' ? words.nobody : userName}</bdi></td>
    <td>${TEXTS.actions[action] ?? action}</td>
    <td>
      ${target.startsWith('c_') ? html`<a href=${hrefOf(target)}><bdi>${target}</bdi></a>` : html`<bdi>${target}</bdi>`}
    </td>
    <td><bdi>${siteId}</bdi></td>
    <td><bdi>${address}</bdi></td>
  </tr>`;
