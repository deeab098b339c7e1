/** Optional features of the composer: file attachments, and a character count near the limit. */
import type { FilePart, UserPart } from '@rivulet/protocol';
import { html, nothing } from '../../lit/lit.ts';
import type { Chat } from '../../../client/chat.ts';
import type { ChatOptions } from '../../../shell/options.ts';
import { raise } from '../../app/intents.ts';
import { richStyles } from '../../rich/rich-styles.ts';
import type { ComposerAddon, ComposerHost } from '../composer-addon-contract.ts';
import { localeFormat, type PluralForms } from '../../i18n/locale-format.ts';
import { richStrings } from '../../i18n/rich-strings.ts';
import type { RichStrings } from '../../i18n/rich/rich-en.ts';
import { adoptStyles } from '../../styles/styles.ts';
import { attachIcon } from './attachment-icons.ts';
import { attachmentStyles } from './attachment-styles.ts';
import { AttachedFiles, attachedAgain, holdsBack } from './attached-files.ts';
import { limitsIn, renderChips } from './file-chips.ts';
import { refusalFor, rulesOf, type FileRules } from './file-rules.ts';

/** Share of the character limit from which on the remaining characters are shown. */
const COUNTED_SHARE = 0.9;
const DRAG_SIGNS = ['dragenter', 'dragover', 'dragleave', 'drop'] as const;

/** Creates the add-on for a composer. */
export function createComposerAddon(composer: ComposerHost): ComposerAddon {
  const root = composer.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [richStyles, attachmentStyles]);
  return new Addon(composer);
}

class Addon implements ComposerAddon {
  readonly #composer: ComposerHost;
  readonly #files: AttachedFiles;
  #isDropTarget = false;

  constructor(composer: ComposerHost) {
    this.#composer = composer;
    this.#files = new AttachedFiles({
      changed: () => {
        composer.requestUpdate();
      },
      refusalFor: (chat, file, count) =>
        refusalFor(file, count, rulesOf(this.#options.attachments, chat.snapshot.files)),
    });
    composer.addEventListener('paste', this.#onPaste);
    composer.addController({ hostDisconnected: this.#onDisconnect });
    const panel = composer.closest<HTMLElement>('.panel');
    for (const name of DRAG_SIGNS) panel?.addEventListener(name, this.#onDrag);
  }

  get #options(): ChatOptions {
    return this.#composer.settings.options;
  }

  get #rules(): FileRules {
    return rulesOf(this.#options.attachments, this.#composer.files);
  }

  get #isEnabled(): boolean {
    return this.#options.attachments?.isEnabled === true && this.#composer.files !== null;
  }

  get #strings(): RichStrings {
    const { strings, settings } = this.#composer;
    return richStrings({ locale: settings.locale, strings }, () => {
      this.#composer.requestUpdate();
    });
  }

  #count(count: number, forms: PluralForms): string {
    return localeFormat(this.#composer.settings.locale).plural(count, forms);
  }

  /** Why the current text and files cannot be sent. */
  #whyNot(text: string): string | undefined {
    const over = text.length - (this.#options.composer?.maxChars ?? Infinity);
    if (over > 0) return this.#count(over, this.#strings.charsOver);
    return this.#files.all.some(holdsBack) ? this.#strings.waitForFiles : undefined;
  }

  canSend(text: string): boolean {
    const hasFile = this.#files.all.some(({ state }) => state.kind === 'there');
    return (text !== '' || hasFile) && this.#whyNot(text) === undefined;
  }

  send(text: string): boolean {
    const whyNot = this.#whyNot(text);
    if (whyNot !== undefined) raise(this.#composer, { type: 'announce', text: whyNot });
    if (!this.canSend(text)) return false;
    const files = this.#files.take();
    const parts: UserPart[] = text === '' ? [] : [{ type: 'text', text }];
    for (const { state } of files) if (state.kind === 'there') parts.push(state.part);
    raise(this.#composer, {
      type: 'send',
      content: parts.some(({ type }) => type === 'file') ? parts : text,
      source: 'composer',
      settled: (isSent) => {
        if (isSent) return;
        this.#files.giveBack(files);
        if (this.#composer.text === '') this.#composer.text = text;
      },
    });
    return true;
  }

  takeBack(files: readonly FilePart[]): void {
    this.#files.giveBack(files.map(attachedAgain));
  }

  renderAbove(): unknown {
    const strings = this.#strings;
    const { settings, strings: words } = this.#composer;
    const context = {
      strings,
      locale: settings.locale,
      rules: this.#rules,
      again: words.retry,
      remove: this.#remove,
      retry: this.#retry,
    };
    return html`${
      this.#isDropTarget
        ? html`<div class="drop-zone" aria-hidden="true">
            ${strings.dropHere}<small>${limitsIn(context)}</small>
          </div>`
        : nothing
    }${renderChips(this.#files.all, context)}`;
  }

  renderStart(): unknown {
    if (!this.#isEnabled) return nothing;
    const { settings } = this.#composer;
    const strings = this.#strings;
    const { attach } = strings;
    const limits = limitsIn({ strings, locale: settings.locale, rules: this.#rules });
    return html`<button
        type="button"
        class="icon-button attach"
        part="attach-button"
        aria-label=${attach}
        title=${limits === '' ? attach : limits}
        @click=${this.#pick}
      >
        ${attachIcon}
      </button>
      <input type="file" multiple hidden accept=${this.#rules.accept} @change=${this.#onPicked} />`;
  }

  renderBelow(text: string): unknown {
    const { maxChars } = this.#options.composer ?? {};
    if (maxChars === undefined) return nothing;
    const left = maxChars - text.length;
    const { charsLeft, charsOver } = this.#strings;
    const isNear = text.length >= maxChars * COUNTED_SHARE;
    // A live region has to exist before its text changes; otherwise the change is not read.
    return html`<div class="count" aria-live="polite" data-tone=${left < 0 ? 'problem' : nothing}>
      ${isNear ? this.#count(Math.abs(left), left < 0 ? charsOver : charsLeft) : nothing}
    </div>`;
  }

  /**
   * A move within the page disconnects and reconnects in one task; only an element that is still disconnected
   * afterwards has been removed.
   */
  readonly #onDisconnect = (): void => {
    setTimeout(() => {
      if (!this.#composer.isConnected) this.#files.close();
    });
  };

  readonly #pick = (): void => {
    this.#composer.querySelector<HTMLInputElement>('input[type=file]')?.click();
  };

  readonly #onPicked = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    this.#add([...(target.files ?? [])]);
    // Allows the same file to be chosen again.
    target.value = '';
    this.#composer.focus();
  };

  readonly #onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!this.#isEnabled || files.length === 0 || isPicturedText(event.clipboardData)) return;
    event.preventDefault();
    this.#add(files);
  };

  readonly #onDrag = (event: DragEvent): void => {
    if (!this.#isEnabled || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    const { type, relatedTarget, currentTarget } = event;
    const isWithin =
      relatedTarget instanceof Node && currentTarget instanceof Node && currentTarget.contains(relatedTarget);
    this.#isDropTarget = type !== 'drop' && (type !== 'dragleave' || isWithin);
    if (type === 'drop') this.#add([...event.dataTransfer.files]);
    this.#composer.requestUpdate();
  };

  #add(files: readonly File[]): void {
    this.#withChat((chat) => {
      for (const file of files) this.#files.add(chat, file);
    });
  }

  readonly #remove = (file: File): void => {
    this.#withChat((chat) => {
      this.#files.remove(chat, file);
    });
    this.#composer.focus();
  };

  readonly #retry = (file: File): void => {
    this.#withChat((chat) => {
      this.#files.upload(chat, file);
    });
  };

  #withChat(use: (chat: Chat) => void): void {
    raise(this.#composer, {
      type: 'ask',
      ask: (chat) => {
        use(chat);
        return Promise.resolve();
      },
    });
  }
}

/**
 * Whether the clipboard holds text, and its files are pictures of that text, as with cells of a spreadsheet. A file from a file
 * manager comes with its name as plain text, and a picture from a page with its HTML: neither counts.
 */
function isPicturedText(data: DataTransfer | null): boolean {
  const text = data?.getData('text/plain') ?? '';
  const isFormatted = data?.types.some((type) => type === 'text/html' || type === 'text/rtf') === true;
  return text.trim() !== '' && (isFormatted || text.includes('\t'));
}
