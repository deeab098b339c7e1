/** The overview: what is open now, and the figures of an hour, a day or a month. It asks again every few seconds. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask } from '../api.ts';
import { formatCount, formatDuration, formatListed, formatTime } from '../format.ts';
import {
  barsOf,
  CHART_HEIGHT,
  repliesOf,
  SPANS,
  type Overview,
  type Span,
  type Spent,
  type Times,
} from '../overview-data.ts';
import type { Page, PageContext } from '../page.ts';
import { fill, TEXTS } from '../texts.ts';

const { overview: words } = TEXTS;
/** Gateways write their figures every five seconds. */
const REFRESH_MS = 5_000;

/** The overview of a time. */
export class OverviewPage implements Page {
  readonly title = TEXTS.overview.title;
  readonly #context: PageContext;
  readonly #span: Span;
  readonly #stop = new AbortController();
  #overview: Overview | undefined;
  #problem = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: PageContext, span: Span) {
    this.#context = context;
    this.#span = span;
    void this.#load();
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  readonly #load = async (): Promise<void> => {
    const { signal } = this.#stop;
    try {
      this.#overview = await ask<Overview>('overview', { query: { span: this.#span }, signal });
      this.#problem = '';
    } catch (error) {
      if (!signal.aborted) this.#problem = this.#context.explain(error);
    }
    if (signal.aborted) return;
    this.#context.changed();
    this.#timer = setTimeout(() => void this.#load(), REFRESH_MS);
  };

  render(): TemplateResult {
    const overview = this.#overview;
    return html`
      <ul class="spans" aria-label=${words.span}>
        ${SPANS.map(
          (span) =>
            html`<li>
              <a href="/admin/overview?span=${span}" aria-current=${span === this.#span ? 'true' : nothing}
                >${words.spans[span]}</a
              >
            </li>`,
        )}
      </ul>
      ${this.#problem === '' ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      ${overview === undefined ? html`<p class="status">${TEXTS.loading}</p>` : renderOverview(overview)}
    `;
  }
}

function renderOverview(overview: Overview): TemplateResult {
  const { live, total, spent, nodes } = overview;
  const { all, failed } = repliesOf(total);
  const { up = 0, down = 0 } = total.feedback;
  return html`
    <dl class="tiles">
      ${tile(words.connections, formatCount(live.connections))} ${tile(words.running, formatCount(live.runs))}
      ${tile(words.replies, formatCount(all), fill(words.failed, { count: formatCount(failed) }))}
      ${timesTile(words.firstDelta, total.firstDelta)} ${timesTile(words.delta, total.delta)}
      ${tile(words.ratings, fill(words.ratingsValue, { up: formatCount(up), down: formatCount(down) }))}
      ${tile(
        words.tokens,
        formatCount(total.inputTokens + total.outputTokens),
        total.money === 0 ? '' : fill(words.money, { money: formatMoney(total.money) }),
      )}
    </dl>
    ${renderChart(overview)}
    <div class="tables">
      ${countsTable(words.ends, total.runs, TEXTS.reasons)} ${countsTable(words.errors, total.errors)}
      ${countsTable(words.limits, total.limits)} ${countsTable(words.refusals, total.refusals)}
      ${countsTable(words.resumes, total.resumes)} ${spentTable(spent)}
    </div>
    ${nodes === null ? nothing : nodesTable(nodes)}
  `;
}

const tile = (name: string, value: string, more = ''): TemplateResult =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
    ${more === '' ? nothing : html`<dd class="more">${more}</dd>`}
  </div>`;

const timesTile = (name: string, times: Times | null): TemplateResult =>
  times === null
    ? tile(name, words.unmeasured)
    : tile(name, formatDuration(times.p50.ms), fill(words.p99, { time: formatDuration(times.p99.ms) }));

const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
const formatMoney = (amount: number): string => money.format(amount);

/** The replies of each bucket as bars, and the same as a table for who cannot see them. */
function renderChart({ buckets, nowMs }: Overview): TemplateResult {
  const replies = buckets.map(repliesOf);
  const highest = Math.max(...replies.map(({ all }) => all));
  const width = buckets.length * 10;
  const bars = (values: readonly number[]) => barsOf(values, highest);
  return html`<section>
    <h2>${words.chart}</h2>
    <svg class="chart" viewBox="0 0 ${width} ${CHART_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      <path class="all" d=${bars(replies.map(({ all }) => all))}></path>
      <path class="failed" d=${bars(replies.map(({ failed }) => failed))}></path>
    </svg>
    <p class="hint">${fill(words.highest, { count: formatCount(highest) })}</p>
    <details>
      <summary>${words.asTable}</summary>
      ${tableOf(
        words.chart,
        [words.time, words.replies, words.failedReplies, words.firstDeltaP50],
        [
          ...buckets.map((bucket, index) => [
            formatListed(bucket.atMs, nowMs),
            formatCount(replies[index]?.all ?? 0),
            formatCount(replies[index]?.failed ?? 0),
            bucket.firstDelta === null ? '–' : formatDuration(bucket.firstDelta.p50.ms),
          ]),
        ],
      )}
    </details>
  </section>`;
}

const tableOf = (
  label: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): TemplateResult =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td><bdi>${cell}</bdi></td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

/** Nothing for a table without rows. */
function countsTable(
  title: string,
  counts: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>> = {},
): TemplateResult | typeof nothing {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => [names[name] ?? name, formatCount(count)]);
  if (rows.length === 0) return nothing;
  return html`<section>
    <h2>${title}</h2>
    ${tableOf(title, [words.what, words.count], rows)}
  </section>`;
}

function spentTable(spent: readonly Spent[]): TemplateResult {
  const of = (used: string, budget: number | 'off', format: (amount: number) => string) =>
    budget === 'off' ? used : fill(words.ofBudget, { used, budget: format(budget) });
  return html`<section>
    <h2>${words.spent}</h2>
    ${tableOf(
      words.spent,
      [words.site, words.tokens, words.cost],
      spent.map(({ siteId, tokens, money: cost, budget }) => [
        siteId,
        of(formatCount(tokens), budget.tokensPerDay, formatCount),
        of(formatMoney(cost), budget.moneyPerDay, formatMoney),
      ]),
    )}
  </section>`;
}

const nodesTable = (nodes: NonNullable<Overview['nodes']>): TemplateResult =>
  html`<section>
    <h2>${words.nodes}</h2>
    ${tableOf(
      words.nodes,
      [words.node, words.state, words.connections, words.running, words.seen],
      nodes.map(({ name, state, connections, runs, seenAtMs }) => [
        name,
        words.states[state],
        formatCount(connections),
        formatCount(runs),
        formatTime(seenAtMs),
      ]),
    )}
  </section>`;
