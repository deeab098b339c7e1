/** Renders a `form-answer`: the values that the visitor has submitted, as part of their message. */
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import type { Conversation, Form, FormAnswer, Message } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import { closestConversation } from './closest-conversation.ts';
import { readDataPart } from './read-data-part.ts';
import type { RichContext } from './rich-context.ts';

/** Renders the values with the labels of the form, if that is in the conversation. */
export function renderFormAnswer({ formId, values }: FormAnswer, context: RichContext): TemplateResult {
  const { from, strings } = context;
  const form = findForm(closestConversation(from), from.item.message, formId);
  const describe = (name: string, value: FormAnswer['values'][string]) => {
    const field = form?.fields.find((one) => one.name === name);
    const word = typeof value === 'boolean' ? (value ? strings.yes : strings.no) : String(value);
    return [field?.label ?? name, field?.options?.find((one) => one.value === value)?.label ?? word];
  };
  return html`<div class="form-answer" part="form-answer">
    <div class="form-answer-title" dir="auto">${form?.title ?? strings.formAnswer}</div>
    <dl>
      ${Object.entries(values).map(([name, value]) => {
        const [label, word] = describe(name, value);
        return html`<div>
          <dt dir="auto">${SHOWN_TEXTS.name(label ?? '')}</dt>
          <dd dir="auto">${SHOWN_TEXTS.prose(word ?? '')}</dd>
        </div>`;
      })}
    </dl>
  </div>`;
}

/** The newest form with this id before the message. */
function findForm(conversation: Conversation | undefined, answer: Message, formId: string): Form | undefined {
  const messages = conversation?.messages ?? [];
  const end = messages.findIndex(({ id }) => id === answer.id);
  for (const { parts } of messages.slice(0, end < 0 ? undefined : end).toReversed()) {
    for (const part of parts) {
      const read = part.type === 'data' ? readDataPart(part) : undefined;
      if (read?.name === 'form' && read.value.formId === formId) return read.value;
    }
  }
  return undefined;
}

/** Finds the submitted values for a form in a message; undefined if it was not submitted. */
export function findFormAnswer(
  conversation: Conversation | undefined,
  asked: Message,
  formId: string,
): FormAnswer | undefined {
  const messages = conversation?.messages ?? [];
  const start = messages.findIndex(({ id }) => id === asked.id);
  for (const { role, parts } of messages.slice(start + 1)) {
    if (role !== 'user') continue;
    for (const part of parts) {
      const read = part.type === 'data' ? readDataPart(part) : undefined;
      if (read?.name === 'form-answer' && read.value.formId === formId) return read.value;
    }
  }
  return undefined;
}
