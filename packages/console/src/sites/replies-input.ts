/** The canned replies: a title and a text each, which can be added and removed. */
import { html, type TemplateResult } from '../../../widget/src/reading.ts';
import { fill } from '../texts.ts';
import type { InputOf } from './input-of.ts';
import { SITE_TEXTS as words } from './site-texts.ts';

interface Reply {
  title: string;
  text: string;
}
// The gateway answers with what its schema has checked.
const repliesOf = (value: unknown): readonly Reply[] => (Array.isArray(value) ? (value as Reply[]) : []);

/** Renders the list. */
export function renderReplies(input: InputOf): TemplateResult {
  const replies = repliesOf(input.value);
  return html`${replies.map((_, at) => renderReply(at, input))}
    <button
      type="button"
      class="button"
      @click=${() => {
        input.changed([...replies, { title: '', text: '' }]);
      }}
    >
      ${words.addReply}
    </button>`;
}

function renderReply(at: number, { id, value, describedBy, changed }: InputOf): TemplateResult {
  const replies = repliesOf(value);
  const { title = '', text = '' } = replies[at] ?? {};
  const change = (part: Partial<Reply>) => {
    changed(replies.map((reply, index) => (index === at ? { ...reply, ...part } : reply)));
  };
  return html`<fieldset class="reply">
    <legend>${fill(words.reply, { number: at + 1 })}</legend>
    <label class="field"
      ><span>${words.replyTitle}</span
      ><input
        id=${at === 0 ? id : `${id}-${at}`}
        type="text"
        maxlength="100"
        dir="auto"
        aria-describedby=${describedBy}
        .value=${title}
        @input=${(event: Event) => {
          if (event.currentTarget instanceof HTMLInputElement) change({ title: event.currentTarget.value });
        }}
    /></label>
    <label class="field"
      ><span>${words.replyText}</span
      ><textarea
        rows="3"
        maxlength="4000"
        dir="auto"
        .value=${text}
        @input=${(event: Event) => {
          if (event.currentTarget instanceof HTMLTextAreaElement) change({ text: event.currentTarget.value });
        }}
      ></textarea>
    </label>
    <button
      type="button"
      class="button"
      aria-label=${fill(words.removeReply, { number: at + 1 })}
      @click=${() => {
        const left = replies.filter((_, index) => index !== at);
        changed(left.length === 0 ? null : left);
      }}
    >
      ${words.remove}
    </button>
  </fieldset>`;
}
