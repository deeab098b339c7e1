/** Attached files as chips above the text field, each with its state and its actions. */
import type { ErrorCode } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../../lit/lit.ts';
import { formatBytes, formatList } from '../../rich/rich-format.ts';
import { fileIcon } from '../../rich/rich-icons.ts';
import type { RichStrings } from '../../i18n/rich/rich-en.ts';
import { fill } from '../../i18n/rich-strings.ts';
import type { AttachedFile } from './attached-files.ts';
import { removeIcon } from './attachment-icons.ts';
import { typeNamesOf, type FileRules } from './file-rules.ts';

/** What the text about the limits depends on. */
export interface LimitsContext {
  /** Texts of attachments. */
  strings: RichStrings;
  /** Language tag for numbers and lists. */
  locale: string;
  /** What may be attached. */
  rules: FileRules;
}

/** What the chips are rendered from. */
export interface ChipContext extends LimitsContext {
  /** Label of the button that uploads again. */
  again: string;
  /** Removes a file. */
  remove: (file: File) => void;
  /** Uploads a failed file again. */
  retry: (file: File) => void;
}

/** Renders one chip per file. */
export function renderChips(
  files: readonly AttachedFile[],
  context: ChipContext,
): TemplateResult | typeof nothing {
  if (files.length === 0) return nothing;
  return html`<ul class="attached" aria-label=${context.strings.attachments}>
    ${files.map((one) => html`<li>${renderChip(one, context)}</li>`)}
  </ul>`;
}

function renderChip(one: AttachedFile, context: ChipContext): TemplateResult {
  const { file, preview, state } = one;
  const { strings, remove } = context;
  const { name } = file;
  const label = fill(state.kind === 'uploading' ? strings.cancelUpload : strings.removeFile, { name });
  return html`<div class="attached-file" part="attachment" data-state=${state.kind}>
    ${preview === undefined ? fileIcon : html`<img class="attached-picture" src=${preview} alt="" />`}
    <div class="attached-words">
      <div class="chip-text" dir="auto">${name}</div>
      ${renderState(one, context)}
    </div>
    <button
      type="button"
      class="icon-button"
      aria-label=${label}
      title=${label}
      @click=${() => {
        remove(file);
      }}
    >
      ${removeIcon}
    </button>
  </div>`;
}

function renderState({ file, state }: AttachedFile, context: ChipContext): TemplateResult {
  const { strings, locale, retry, again } = context;
  if (state.kind === 'there')
    return html`<div class="chip-detail">${formatBytes(state.part.sizeBytes, locale)}</div>`;
  if (state.kind === 'uploading')
    return html`<progress
      max="1"
      .value=${state.share}
      aria-label=${fill(strings.uploading, { name: file.name })}
    ></progress>`;
  const { code } = state.error;
  return html`<div class="form-problem" role="alert">
    ${explain(code, context)}
    ${
      FINAL.has(code)
        ? nothing
        : html`<button
            type="button"
            class="link-button"
            @click=${() => {
              retry(file);
            }}
          >
            ${again}
          </button>`
    }
  </div>`;
}

/** Errors after which another attempt would fail the same way. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['too-large', 'unsupported', 'busy']);

function explain(code: ErrorCode, { strings, locale, rules }: LimitsContext): string {
  const types = typeNamesOf(rules);
  switch (code) {
    case 'too-large':
      return fill(strings.fileTooLarge, { limit: formatBytes(rules.maxBytes, locale) });
    case 'unsupported':
      return types.length === 0
        ? strings.filesNotTaken
        : fill(strings.fileWrongType, { types: formatList(types, locale) });
    case 'busy':
      return fill(strings.fileTooMany, { limit: rules.maxFiles });
    case 'quota-exceeded':
      return strings.fileQuota;
    default:
      return strings.fileFailed;
  }
}

/** Describes in one sentence what may be attached; empty until the gateway has announced its limits. */
export function limitsIn({ strings, locale, rules }: LimitsContext): string {
  if (rules.mediaTypes === undefined) return '';
  return fill(strings.fileLimits, {
    count: rules.maxFiles,
    limit: formatBytes(rules.maxBytes, locale),
    types: formatList(typeNamesOf(rules), locale),
  });
}
