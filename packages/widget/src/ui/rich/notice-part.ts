/** Renders a `notice`: what the gateway tells the visitor about the answer, in the words of the locale. */
import type { Notice } from '@rivulet/protocol';
import { fill } from '../i18n/rich-strings.ts';
import { html, type TemplateResult } from '../lit/lit.ts';
import type { RichContext } from './rich-context.ts';

/** Renders the notice as a line before the answer. */
export function renderNotice({ names }: Notice, { strings }: RichContext): TemplateResult {
  return html`<p class="answer-notice" part="answer-notice" dir="auto">
    ${fill(strings.filesNotRead, { names: names.join(', ') })}
  </p>`;
}
