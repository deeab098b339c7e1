/** The attachments in the widget’s text field: the button before the text, and the files above it. */
import {
  attachIcon,
  fileIcon,
  html,
  nothing,
  removeIcon,
  type ComposerAddon,
  type TemplateResult,
} from '../../../widget/src/reading.ts';
import { fill } from '../texts.ts';
import type { Attached, Attachments } from './attachments.ts';
import { DESK_TEXTS as words } from './desk-texts.ts';

/** Creates the add-on. @param send called with the text that goes with the files */
export function createComposerFiles(
  composer: HTMLElement,
  attachments: Attachments,
  send: (text: string) => void,
): ComposerAddon {
  const pick = () => composer.querySelector<HTMLInputElement>('input[type=file]')?.click();
  const onPicked = ({ currentTarget }: Event) => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    attachments.add([...(currentTarget.files ?? [])]);
    currentTarget.value = ''; // allows the same file to be chosen again
    composer.focus();
  };
  return {
    canSend: (text) => attachments.canSend(text),
    send(text) {
      if (!attachments.canSend(text)) return false;
      send(text);
      return true;
    },
    takeBack: () => undefined,
    renderAbove: () => renderFiles(attachments),
    renderStart: () =>
      html`<button
          type="button"
          class="icon-button attach"
          aria-label=${words.attach}
          title=${words.attach}
          @click=${pick}
        >
          ${attachIcon}
        </button>
        <input type="file" multiple hidden @change=${onPicked} />`,
    renderBelow: () => nothing,
  };
}

function renderFiles(attachments: Attachments): TemplateResult | typeof nothing {
  if (attachments.files.length === 0) return nothing;
  return html`<ul class="attached" aria-label=${words.attached}>
    ${attachments.files.map((attached) => html`<li>${renderFile(attached, attachments)}</li>`)}
  </ul>`;
}

function renderFile({ file, state }: Attached, attachments: Attachments): TemplateResult {
  const label = fill(words.removeFile, { name: file.name });
  return html`<div class="attached-file" data-state=${state.kind}>
    ${fileIcon}
    <div class="attached-words">
      <div class="chip-text" dir="auto">${file.name}</div>
      ${state.kind === 'uploading' ? html`<div class="chip-detail">${words.uploading}</div>` : nothing}
      ${state.kind === 'failed' ? html`<div class="form-problem" role="alert">${state.problem}</div>` : nothing}
    </div>
    <button
      type="button"
      class="icon-button"
      aria-label=${label}
      title=${label}
      @click=${() => {
        attachments.remove(file);
      }}
    >
      ${removeIcon}
    </button>
  </div>`;
}
