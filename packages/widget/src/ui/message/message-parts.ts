/** The parts of a message that are words; the others are drawn by what is fetched with the first of them. */
import type { Message, Part } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import type { AnswerOptions } from './answer-options.ts';
import { endOfRun } from './message-end.ts';
import type { Progress } from '../../markdown/index.ts';
import type { Strings } from '../i18n/core/en.ts';

export interface PartContext {
  item: { message: Message };
  strings: Strings;
  answerOptions: AnswerOptions;
}

/** A part in its place; undefined: it is more than words. */
export function renderPart(
  part: Part,
  { item: { message }, strings, answerOptions }: PartContext,
): TemplateResult | undefined {
  if (part.type !== 'text') return undefined;
  return message.role === 'user'
    ? html`<div class="words" dir="auto">${part.text}</div>`
    : html`<rivulet-markdown
        .text=${part.text}
        .state=${progressOf(part, message, strings)}
        .strings=${strings}
        .options=${answerOptions}
      ></rivulet-markdown>`;
}

/** Only what an answer ends with can be without its end. */
function progressOf(part: Part, message: Message, strings: Strings): Progress {
  if (isOpen(part, message)) return 'streaming';
  const { run, parts } = message;
  return run !== undefined && part === parts.at(-1) && endOfRun(run, strings) !== null ? 'cut' : 'complete';
}

/** Whether it is still being written. */
export const isOpen = (part: Part, { run, parts }: Message): boolean =>
  run?.state === 'running' && part === parts.at(-1);
