/** The notice that the visitor talks with an AI and not with a person. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The id of the notice in the shadow root; the panel is described by it, so that screen readers say it when the panel opens. */
export const AI_NOTICE_ID = 'rivulet-ai-notice';

/**
 * Renders the notice at the start of the conversation, before the first message. There is none while a person answers: when the
 * latest answer is from the site's team. The site sets the text, or turns it off.
 */
export function renderAiNotice(
  { conversation: { messages } }: ChatSnapshot,
  { aiNotice }: Strings,
): TemplateResult | typeof nothing {
  const latestAnswer = messages.findLast(({ role }) => role !== 'user');
  return aiNotice === '' || latestAnswer?.role === 'agent'
    ? nothing
    : html`<p class="notice" part="ai-notice" id=${AI_NOTICE_ID} dir="auto">${aiNotice}</p>`;
}
