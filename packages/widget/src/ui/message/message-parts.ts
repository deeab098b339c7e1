/** Renders the text parts of a message. Renderers of other parts are loaded with the first of them. */
import type { Message, Part } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import type { AnswerOptions } from './answer-options.ts';
import { endOfRun } from './message-end.ts';
import { isUnusual, type Progress } from '../../markdown/index.ts';
import type { Strings } from '../i18n/core/en.ts';

/** What a part is rendered from. */
export interface PartContext {
  /** The message that contains the part. */
  item: { message: Message };
  /** Texts in the locale of the visitor. */
  strings: Strings;
  /** Markdown options of the site. */
  answerOptions: AnswerOptions;
}

/** Renders a part; undefined if it needs the renderers of rich parts. */
export function renderPart(
  part: Part,
  { item: { message }, strings, answerOptions }: PartContext,
): TemplateResult | undefined {
  // How unusual characters are shown is loaded with the rich parts.
  if (part.type !== 'text' || (message.role === 'user' && isUnusual(part.text))) return undefined;
  return message.role === 'user'
    ? html`<div class="words" dir="auto">${part.text}</div>`
    : html`<rivulet-markdown
        .text=${part.text}
        .state=${progressOf(part, message)}
        .strings=${strings}
        .options=${answerOptions}
      ></rivulet-markdown>`;
}

/** Only the last part of an answer can be incomplete. */
function progressOf(part: Part, message: Message): Progress {
  if (isOpen(part, message)) return 'streaming';
  const { run, parts } = message;
  return run !== undefined && part === parts.at(-1) && endOfRun(run) !== null ? 'cut' : 'complete';
}

/** Whether the part is still streaming. */
export const isOpen = (part: Part, { run, parts }: Message): boolean =>
  run?.state === 'running' && part === parts.at(-1);
