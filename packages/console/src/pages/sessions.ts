/** The sessions of the console, for admins: who is signed in, and the end of a session. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask, type SessionRow } from '../api.ts';
import { formatTime } from '../format.ts';
import type { Page, PageContext } from '../page.ts';
import { fill, TEXTS } from '../texts.ts';

const { sessionList: words } = TEXTS;

/** The sessions. */
export class SessionsPage implements Page {
  readonly title = TEXTS.sessions;
  readonly #context: PageContext;
  readonly #stop = new AbortController();
  #sessions: readonly SessionRow[] | undefined;
  #problem = '';

  constructor(context: PageContext) {
    this.#context = context;
    void this.#load();
  }

  close(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    try {
      const { sessions } = await ask<{ sessions: SessionRow[] }>('sessions', { signal: this.#stop.signal });
      this.#sessions = sessions;
      this.#problem = '';
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#problem = this.#context.explain(error);
    }
    this.#context.changed();
  }

  async #end(id: string): Promise<void> {
    try {
      await ask(`sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
    } catch (error) {
      this.#problem = this.#context.explain(error);
      this.#context.changed();
      return;
    }
    await this.#load();
  }

  render(): TemplateResult {
    const sessions = this.#sessions;
    return html`
      ${this.#problem === '' ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      ${sessions === undefined ? html`<p class="status">${TEXTS.loading}</p>` : this.#renderTable(sessions)}
    `;
  }

  #renderTable(sessions: readonly SessionRow[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${TEXTS.sessions}>
      <table>
        <thead>
          <tr>
            ${[words.user, words.address, words.since, words.until].map((name) => html`<th scope="col">${name}</th>`)}
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${sessions.map((session) => this.#renderRow(session))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow({ id, userName, address, createdAtMs, expiresAtMs }: SessionRow): TemplateResult {
    return html`<tr>
      <td><bdi>${userName}</bdi></td>
      <td><bdi>${address}</bdi></td>
      <td>${formatTime(createdAtMs)}</td>
      <td>${formatTime(expiresAtMs)}</td>
      <td>
        <button
          type="button"
          class="button"
          aria-label=${fill(words.endOf, { name: userName, address })}
          @click=${() => void this.#end(id)}
        >
          ${words.end}
        </button>
      </td>
    </tr>`;
  }
}
