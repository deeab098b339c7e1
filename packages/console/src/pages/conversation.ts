/** The page of one conversation: as the visitor saw it, live, with what may be done with it. */
import type { Message, View } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask, pathOf, type RunFacts, type StoredConversation } from '../api.ts';
import { askInDialog } from '../dialog.ts';
import { formatCount, formatTime } from '../format.ts';
import { readLive } from '../live-reading.ts';
import type { Page, PageContext } from '../page.ts';
import { deskHrefOf } from '../router.ts';
import { sumOfCosts, totalsOf } from '../run-facts.ts';
import { searchHref } from '../search-query.ts';
import { createRunsReader } from '../runs-reader.ts';
import { fill, TEXTS } from '../texts.ts';

const { conversation: words } = TEXTS;

/** One conversation. */
export class ConversationPage implements Page {
  readonly #context: PageContext;
  readonly #id: string;
  readonly #stop = new AbortController();
  #stored: StoredConversation | undefined;
  #view: View | undefined;
  #runs: ReadonlyMap<string, RunFacts> = new Map();
  readonly #runsReader: ReturnType<typeof createRunsReader>;
  #status: 'connecting' | 'live' | 'lost' | 'ended' = 'connecting';
  #problem = '';
  #closeLive: () => void = () => undefined;

  constructor(context: PageContext, id: string) {
    this.#context = context;
    this.#id = id;
    this.#runsReader = createRunsReader(this.#path, this.#stop.signal, (runs) => {
      this.#setRuns(runs);
    });
    void this.#load();
  }

  get title(): string {
    return this.#view?.conversation.title ?? this.#stored?.title ?? TEXTS.search.untitled;
  }

  close(): void {
    this.#stop.abort();
    this.#closeLive();
  }

  get #path(): string {
    return `conversations/${encodeURIComponent(this.#id)}`;
  }

  async #load(): Promise<void> {
    await this.#try(async () => {
      const { signal } = this.#stop;
      const answer = await ask<{ conversation: StoredConversation }>(this.#path, { signal });
      this.#stored = answer.conversation;
      this.#setRuns(answer.conversation.runs);
      this.#follow();
    });
  }

  #setRuns(runs: readonly RunFacts[]): void {
    this.#runs = new Map(runs.map((facts) => [facts.messageId, facts]));
    this.#context.changed();
  }

  #follow(): void {
    this.#closeLive();
    this.#status = 'connecting';
    if (this.#stop.signal.aborted) return;
    this.#closeLive = readLive(this.#id, {
      changed: (view) => {
        this.#view = view;
        this.#runsReader.follow(view.conversation.messages, this.#runs);
        this.#context.changed();
      },
      status: (status) => {
        this.#status = status;
        // The browser is not told why it was refused: the next request is.
        if (status === 'ended') void this.#checkSession();
        this.#context.changed();
      },
    });
  }

  async #checkSession(): Promise<void> {
    await this.#try(() => ask(this.#path, { signal: this.#stop.signal }));
  }

  async #try(attempt: () => Promise<unknown>): Promise<boolean> {
    try {
      this.#problem = '';
      await attempt();
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      this.#problem = this.#context.explain(error);
      return false;
    } finally {
      this.#context.changed();
    }
  }

  render(): TemplateResult {
    const stored = this.#stored;
    const messages: readonly Message[] = this.#view?.conversation.messages ?? stored?.messages ?? [];
    return html`<p><a href="/admin/conversations">${words.back}</a></p>
      ${
        this.#problem === ''
          ? nothing
          : html`<p class="problem" role="alert">
              ${this.#problem}
              <button type="button" class="button" @click=${() => void this.#load()}>${TEXTS.retry}</button>
            </p>`
      }
      ${
        stored === undefined
          ? html`<p class="status">${this.#problem === '' ? TEXTS.loading : nothing}</p>`
          : html`${this.#renderFacts(stored)} ${this.#renderActions(stored)} ${this.#renderLive()}
              ${messages.length === 0 ? html`<p class="status">${words.empty}</p>` : nothing}
              <console-transcript
                role="region"
                aria-label=${words.transcript}
                .siteId=${stored.siteId}
                .conversationId=${this.#id}
                .messages=${messages}
                .owner=${this.#view?.conversation.owner ?? stored.desk?.owner}
                .runs=${this.#runs}
                @visitor-only=${this.#onVisitorOnly}
              ></console-transcript>`
      }`;
  }

  readonly #onVisitorOnly = (): void => {
    this.#problem = words.visitorOnly;
    this.#context.changed();
  };

  #renderFacts({ siteId, ownerId, createdAtMs }: StoredConversation): TemplateResult {
    const owner = this.#view?.conversation.owner ?? this.#stored?.desk?.owner;
    return html`<dl class="facts">
      <div>
        <dt>${words.site}</dt>
        <dd><bdi>${siteId}</bdi></dd>
      </div>
      <div>
        <dt>${words.visitor}</dt>
        <dd>
          <a href=${searchHref({ site: siteId, visitor: ownerId })}><bdi>${ownerId}</bdi></a>
        </dd>
      </div>
      <div>
        <dt>${words.began}</dt>
        <dd>${formatTime(createdAtMs)}</dd>
      </div>
      <div>
        <dt>${words.id}</dt>
        <dd><bdi>${this.#id}</bdi></dd>
      </div>
      ${this.#renderTotals()}
      ${
        owner === undefined
          ? nothing
          : html`<div>
              <dt>${TEXTS.owners[owner.kind]}</dt>
              <dd>${owner.person?.name ?? ''}</dd>
            </div>`
      }
    </dl>`;
  }

  /** What all answers took together; nothing when no facts of them are kept. */
  #renderTotals(): TemplateResult | typeof nothing {
    if (this.#runs.size === 0) return nothing;
    const { costPico, unpriced, inputTokens, outputTokens } = totalsOf([...this.#runs.values()]);
    const counts = { input: formatCount(inputTokens), output: formatCount(outputTokens) };
    const isKnown = unpriced < this.#runs.size;
    const facts: [string, string][] = [
      [words.answers, formatCount(this.#runs.size)],
      [words.cost, sumOfCosts(isKnown ? costPico : null, unpriced) ?? ''],
      [words.tokens, fill(TEXTS.run.tokensValue, counts)],
    ];
    return html`${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}`;
  }

  #renderActions({ isHeld, siteId }: StoredConversation): TemplateResult {
    const atDesk = this.#context.deskSites.includes(siteId)
      ? html`<a class="button" href=${deskHrefOf(this.#id)}>${TEXTS.desk.atDesk}</a>`
      : nothing;
    if (this.#context.user.role !== 'admin') return html`<div class="actions">${atDesk}</div>`;
    return html`<div class="actions">
        ${atDesk}
        <a class="button" href=${pathOf(`${this.#path}/export`)} download>${words.export}</a>
        ${
          isHeld === true
            ? html`<button type="button" class="button" @click=${this.#onLift}>${words.lift}</button>`
            : html`<button type="button" class="button" @click=${this.#onHold}>${words.hold}</button>`
        }
        <button type="button" class="button is-danger" @click=${this.#onErase}>${words.erase}</button>
      </div>
      ${isHeld === true ? html`<p class="notice">${words.heldNow}</p>` : nothing}`;
  }

  #renderLive(): TemplateResult {
    const texts = {
      connecting: words.connecting,
      live: words.live,
      lost: words.connecting,
      ended: words.notLive,
    };
    return html`<p class="live" data-status=${this.#status} role="status">
      ${texts[this.#status]}
      ${
        this.#status === 'ended'
          ? html`<button type="button" class="button" @click=${() => void this.#load()}>
              ${words.reconnect}
            </button>`
          : nothing
      }
    </p>`;
  }

  readonly #onErase = async (): Promise<void> => {
    const { eraseTitle: title, eraseText: text, eraseNow: submit } = words;
    if ((await askInDialog({ title, text, submit, tone: 'danger' })) === undefined) return;
    const isErased = await this.#try(() => ask(this.#path, { method: 'DELETE' }));
    if (!isErased) return;
    this.#context.announce(words.erased);
    this.#context.go('/admin/conversations');
  };

  readonly #onHold = async (): Promise<void> => {
    const { holdTitle: title, holdText: text, holdNow: submit, holdReason: field } = words;
    const reason = await askInDialog({ title, text, submit, field });
    if (reason === undefined) return;
    await this.#change('POST', { reason });
  };

  readonly #onLift = (): Promise<void> => this.#change('DELETE');

  async #change(method: 'POST' | 'DELETE', body?: unknown): Promise<void> {
    const isDone = await this.#try(() => ask(`${this.#path}/hold`, { method, body }));
    if (isDone && this.#stored !== undefined) {
      const { isHeld: _isHeld, ...stored } = this.#stored;
      this.#stored = method === 'POST' ? { ...stored, isHeld: true } : stored;
      this.#context.changed();
    }
  }
}
