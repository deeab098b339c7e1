/**
 * `<rivulet-file>`: a file of a message as a chip. Images of the visitor are shown as images if attachments are
 * enabled.
 */
import type { FilePart } from '@rivulet/protocol';
import { html, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { fileLink, readFile } from '../../client/conversation/files.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { raise } from '../app/intents.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { fill } from '../i18n/rich-strings.ts';
import { formatBytes, safeHref } from './rich-format.ts';
import { fileIcon } from './rich-icons.ts';

/** Image types that every browser renders without running scripts. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
/** Larger images are only opened on request, not loaded for a thumbnail. */
const MAX_PREVIEW_BYTES = 5_000_000;

/** A file part of a message. */
export class RivuletFile extends ReactiveElement {
  static override readonly properties = ['file', 'settings', 'strings', 'preview'];
  declare file: FilePart;
  declare settings: AppSettings;
  declare strings: RichStrings;
  /** Object URL of the image; revoked when the element is removed. */
  declare preview: string | undefined;

  #asked: string | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#drop();
    this.#asked = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override updated(): void {
    const { mediaType, sizeBytes, fileId } = this.file;
    const isWanted = this.settings.options.attachments?.isEnabled === true;
    if (!isWanted || !PICTURES.test(mediaType) || sizeBytes > MAX_PREVIEW_BYTES || this.#asked === fileId)
      return;
    this.#asked = fileId;
    raise(this, {
      type: 'ask',
      ask: async ({ access }) => {
        const blob = await readFile(access, fileId).catch(() => undefined); // without a preview the chip is enough
        if (blob !== undefined && this.#asked === fileId) this.preview = URL.createObjectURL(blob);
      },
    });
  }

  override render(): TemplateResult {
    const { sizeBytes, url } = this.file;
    const name = SHOWN_TEXTS.name(this.file.name);
    const label = html`${this.#renderPicture()}<span class="chip-text" dir="auto"
        >${renderFileName(name)}</span
      >
      <span class="chip-detail">${formatBytes(sizeBytes, this.settings.locale)}</span>`;
    const look = this.preview === undefined ? 'chip' : 'chip has-picture';
    const href = safeHref(url);
    return href === undefined
      ? html`<button
          type="button"
          class=${look}
          part="chip"
          title=${fill(this.strings.openFile, { name })}
          @click=${this.#open}
        >
          ${label}
        </button>`
      : html`<a class=${look} part="chip" href=${href} target="_blank" rel="noopener noreferrer"
          >${label}</a
        >`;
  }

  #renderPicture() {
    return this.preview === undefined
      ? fileIcon
      : html`<img class="picture" src=${this.preview} alt="" @error=${this.#drop} />`;
  }

  readonly #drop = (): void => {
    if (this.preview !== undefined) URL.revokeObjectURL(this.preview);
    this.preview = undefined;
  };

  /** Opens the file with a signed URL of the gateway, which expires. */
  readonly #open = (): void => {
    const { fileId } = this.file;
    raise(this, {
      type: 'ask',
      ask: async ({ access }) => {
        try {
          window.open(await fileLink(access, fileId), '_blank', 'noopener,noreferrer');
        } catch {
          raise(this, { type: 'announce', text: this.strings.fileGone });
        }
      },
    });
  };
}

/** The type at the end of a name is isolated: letters that are written to the left cannot move it, or make another part look like it. */
function renderFileName(name: string): TemplateResult {
  const at = name.lastIndexOf('.');
  return at > 0
    ? html`<bdi>${name.slice(0, at)}</bdi><bdi dir="ltr">${name.slice(at)}</bdi>`
    : html`<bdi>${name}</bdi>`;
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineFile(): void {
  if (customElements.get('rivulet-file') === undefined) customElements.define('rivulet-file', RivuletFile);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-file': RivuletFile;
  }
}
