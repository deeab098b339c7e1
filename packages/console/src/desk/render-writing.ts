/** Renders where a person writes: to the visitor, or for the team alone. */
import { textOf } from '@rivulet/protocol';
import { html, keyed, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { fill, TEXTS } from '../texts.ts';
import type { DeskConversation } from './desk-conversation.ts';
import type { WritingMode } from './unsent.ts';

const { desk: words } = TEXTS;

/** What is rendered. */
export interface WritingLook {
  conversation: DeskConversation;
  mode: WritingMode;
  /** Whether the user has the conversation. */
  mayReply: boolean;
  hasCanned: boolean;
  /** Whether the model may suggest a reply, and whether it does so now. */
  suggestion: 'none' | 'offered' | 'written';
  on: {
    setMode: (mode: WritingMode) => void;
    draft: (text: string) => void;
    send: (text: string) => void;
    again: () => void;
    takeBack: () => void;
    canned: () => void;
    suggest: () => void;
  };
}

/** Renders it. */
export function renderWriting(look: WritingLook): TemplateResult {
  const { mode, mayReply, hasCanned, on } = look;
  return html`<footer class="desk-foot" data-writes=${mode}>
    ${renderUnsent(look)}
    <div class="desk-tools">
      <div class="spans" role="group" aria-label=${words.write}>
        ${(['reply', 'note'] as const).map(
          (one) =>
            html`<button
              type="button"
              aria-pressed=${one === mode}
              aria-disabled=${one === 'reply' && !mayReply}
              title=${one === 'reply' && !mayReply ? words.takeToReply : nothing}
              @click=${() => {
                on.setMode(one);
              }}
            >
              ${words[one]}
            </button>`,
        )}
      </div>
      ${
        hasCanned && mode === 'reply'
          ? html`<button type="button" class="button" @click=${on.canned}>${words.canned}</button>`
          : nothing
      }
      ${renderSuggest(look)}
      ${mode === 'note' ? html`<span class="hint">${mayReply ? nothing : words.takeToReply}</span>` : nothing}
    </div>
    ${keyed(mode, renderComposer(look))}
  </footer>`;
}

/** One for each use of the text, so that no text for the team is ever in the field for the visitor. */
const renderComposer = ({ conversation, mode, on }: WritingLook): TemplateResult =>
  html`<desk-composer
    .mode=${mode}
    .attachments=${mode === 'reply' ? conversation.unsent.attachments : undefined}
    .files=${conversation.unsent.attachments.files}
    .text=${conversation.unsent.drafts[mode]}
    @desk-draft=${({ detail }: CustomEvent<string>) => {
      on.draft(detail);
    }}
    @desk-send=${({ detail }: CustomEvent<string>) => {
      on.send(detail);
    }}
  ></desk-composer>`;

function renderSuggest({ mode, suggestion, on }: WritingLook): TemplateResult | typeof nothing {
  if (mode === 'note' || suggestion === 'none') return nothing;
  return html`<button type="button" class="button" @click=${on.suggest}>
    ${suggestion === 'written' ? words.suggesting : words.suggest}
  </button>`;
}

/** A reply that was not sent, with its text: nothing that somebody wrote is lost. */
function renderUnsent({ conversation, on }: WritingLook): TemplateResult | typeof nothing {
  const { failed } = conversation.unsent.outbox;
  if (failed === undefined) return nothing;
  const text = textOf({ parts: [...failed.parts] });
  return html`<div class="problem desk-unsent" role="alert">
    <p>${failed.state.problem}</p>
    <p class="desk-unsent-text" dir="auto">${fill(words.notSent, { text })}</p>
    <div class="actions">
      <button type="button" class="button" @click=${on.again}>${words.again}</button>
      ${
        failed.state.kind === 'refused'
          ? html`<button type="button" class="button" @click=${on.takeBack}>${words.edit}</button>`
          : nothing
      }
    </div>
  </div>`;
}
