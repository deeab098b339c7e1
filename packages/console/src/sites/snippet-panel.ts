/** What a page needs to show the chat of a site, with buttons that copy it. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask } from '../api.ts';
import type { PageContext } from '../page.ts';
import { fill } from '../texts.ts';
import type { Snippet } from './site-data.ts';
import { SITE_TEXTS as words } from './site-texts.ts';

/** The snippet of one site. */
export class SnippetPanel {
  readonly #context: PageContext;
  readonly #siteId: string;
  readonly #stop = new AbortController();
  #url = location.origin;
  #snippet: Snippet | undefined;
  #problem = '';

  constructor(context: PageContext, siteId: string) {
    this.#context = context;
    this.#siteId = siteId;
    void this.#load();
  }

  close(): void {
    this.#stop.abort();
  }

  async #load(): Promise<void> {
    try {
      const path = `sites/${encodeURIComponent(this.#siteId)}/snippet`;
      const request = { query: { url: this.#url }, signal: this.#stop.signal };
      this.#snippet = (await ask<{ snippet: Snippet }>(path, request)).snippet;
      this.#problem = '';
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#problem = this.#context.explain(error);
    }
    this.#context.changed();
  }

  render(): TemplateResult {
    const snippet = this.#snippet;
    return html`<section class="group" aria-labelledby="g-snippet">
      <h2 id="g-snippet">${words.snippet}</h2>
      <form class="search-line" @submit=${this.#onSubmit}>
        <label class="field"
          ><span>${words.gatewayUrl}</span
          ><input name="url" type="url" required .value=${this.#url} autocomplete="off"
        /></label>
        <button type="submit" class="button">${words.showSnippet}</button>
      </form>
      ${this.#problem === '' ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      ${snippet === undefined ? nothing : this.#renderSnippet(snippet)}
    </section>`;
  }

  #renderSnippet({ tag, policy, importMap, pinnedTag, importMapSource, npm }: Snippet): TemplateResult {
    const lines = Object.entries(policy).map(([name, sources]) => `${name} ${sources.join(' ')}`);
    const pinned = [...lines, `script-src ${importMapSource}`];
    return html`${this.#renderCode(words.tag, tag)} ${this.#renderCode(words.policy, lines.join('\n'))}
      <details>
        <summary>${words.pinned}</summary>
        <p class="hint">${words.pinnedHelp}</p>
        ${this.#renderCode(words.pinnedTag, `${importMap}\n${pinnedTag}`)}
        ${this.#renderCode(words.policy, pinned.join('\n'))}
      </details>
      <details>
        <summary>${words.npm}</summary>
        ${this.#renderCode(words.npm, npm)}
      </details>`;
  }

  #renderCode(label: string, code: string): TemplateResult {
    return html`<div class="snippet">
      <div class="snippet-head">
        <span>${label}</span>
        <button
          type="button"
          class="button"
          aria-label=${fill(words.copyOf, { label })}
          @click=${() => void this.#copy(label, code)}
        >
          ${words.copy}
        </button>
      </div>
      <pre tabindex="0" role="region" aria-label=${label} dir="ltr"><code>${code}</code></pre>
    </div>`;
  }

  async #copy(label: string, code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      this.#context.announce(fill(words.copied, { label }));
    } catch {
      // Without https, or when it was refused: the text can be selected by hand.
      this.#context.announce(words.notCopied);
      this.#problem = words.notCopied;
      this.#context.changed();
    }
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    this.#url = event.currentTarget.querySelector('input')?.value.trim() ?? '';
    void this.#load();
  };
}
