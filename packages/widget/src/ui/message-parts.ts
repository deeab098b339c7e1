/** The parts of a message that are words; the others are drawn by what is fetched with the first of them. */
import type { Message, Part, ReasoningPart } from '@rivulet/protocol';
import { html, type TemplateResult } from './lit.ts';
import type { AnswerOptions } from './answer-options.ts';
import { chevronIcon } from './icons.ts';
import type { Strings } from './strings/en.ts';

export interface PartContext {
  item: { message: Message };
  strings: Strings;
  answerOptions: AnswerOptions;
}

/** A part in its place; undefined: it is more than words. */
export function renderPart(
  part: Part,
  index: number,
  { item: { message }, strings, answerOptions }: PartContext,
): TemplateResult | undefined {
  const isOpen = message.run?.state === 'running' && index === message.parts.length - 1;
  if (part.type === 'reasoning') return renderReasoning(part, isOpen, strings);
  if (part.type !== 'text') return undefined;
  return message.role === 'user'
    ? html`<div class="words" dir="auto">${part.text}</div>`
    : html`<rivulet-markdown
        .text=${part.text}
        .state=${isOpen ? 'streaming' : 'complete'}
        .strings=${strings}
        .options=${answerOptions}
      ></rivulet-markdown>`;
}

function renderReasoning({ text }: ReasoningPart, isOpen: boolean, strings: Strings): TemplateResult {
  return html`<details class="reasoning" part="reasoning">
    <summary>${chevronIcon}<span>${isOpen ? strings.reasoningRunning : strings.reasoning}</span></summary>
    <div class="reasoning-text" dir="auto">${text}</div>
  </details>`;
}
