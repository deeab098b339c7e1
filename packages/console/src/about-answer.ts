/** What stands beside an answer: its rating with the comment, who wrote it, how it ended, what it took and cost, and the ref of its log lines. */
import type { Message } from '@rivulet/protocol';
import type { RunFacts } from './api.ts';
import { html, nothing, type TemplateResult } from '../../widget/src/reading.ts';
import { factsOf } from './run-facts.ts';
import { TEXTS } from './texts.ts';

const { run: words } = TEXTS;

/** Renders the facts of an answer; nothing for a message that no run wrote. @param facts what the gateway has kept of its run */
export function renderAbout(
  { run, feedback }: Message,
  facts: RunFacts | undefined,
): TemplateResult | typeof nothing {
  if (run === undefined) return nothing;
  const tone = run.state === 'running' || run.reason === 'stop' || run.reason === 'tool' ? 'calm' : 'problem';
  return html`<div class="about">
    ${
      feedback === undefined
        ? nothing
        : html`<div class="rating" data-value=${feedback.value}>
            <strong>${words.rated[feedback.value]}</strong>
            ${feedback.comment === undefined ? nothing : html`<q dir="auto">${feedback.comment}</q>`}
          </div>`
    }
    <dl class="facts" data-tone=${tone}>
      ${factsOf(run, facts).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd><bdi>${value}</bdi></dd>
          </div>`,
      )}
    </dl>
  </div>`;
}
