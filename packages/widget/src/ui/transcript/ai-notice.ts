/** The notice that the visitor talks with an AI and not with a person. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { DeskNotices } from '../desk/panel-desk-contract.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The id of the notice in the shadow root; the panel is described by it, so that screen readers say it when the panel opens. */
export const AI_NOTICE_ID = 'rivulet-ai-notice';

/**
 * Renders the notice at the start of the conversation, before the first message. While a person answers, it says so instead. The site sets
 * the text, or turns it off.
 */
export function renderAiNotice(
  { aiNotice }: Strings,
  desk: DeskNotices | undefined,
): TemplateResult | typeof nothing {
  const content = desk?.renderTop(aiNotice) ?? aiNotice;
  return aiNotice === ''
    ? nothing
    : html`<p class="notice" part="ai-notice" id=${AI_NOTICE_ID} dir="auto">${content}</p>`;
}
