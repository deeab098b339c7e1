/**
 * Remembers whether the panel is open and how many answers are unread, shared with other tabs and with the next page of
 * the site.
 *
 * Every connected tab receives every answer, so a tab must not add to the shared count: each tab counts on its own, and
 * the greatest count is the shared one.
 */
import type { Chat } from '../../client/chat.ts';
import type { Mode } from '../../shell/options.ts';
import { isPhone } from './is-phone.ts';

/** Synchronizes open state and unread count of one panel with the shared state of its chat. */
export class PanelMemory {
  readonly #chat: Chat;
  readonly #mode: Mode;
  readonly #showUnread: (count: number) => void;
  readonly #unsubscribe: () => void;
  #isOpen = false;
  #counted: number;

  /** @param showUnread shows the number of answers that arrived while the panel was closed */
  constructor(chat: Chat, mode: Mode, showUnread: (count: number) => void) {
    this.#chat = chat;
    this.#mode = mode;
    this.#showUnread = showUnread;
    this.#counted = this.#unread;
    this.#unsubscribe = chat.on('shared', this.#show);
    document.addEventListener('visibilitychange', this.#show);
    this.#show();
  }

  /**
   * Whether the panel was open on the previous page and may be restored. Always false on a phone, where it would cover
   * the page.
   */
  get wasOpen(): boolean {
    return this.#chat.shared.isOpen === true && !isPhone();
  }

  /** Set when the visitor opens or closes the panel on this page. */
  set isOpen(isOpen: boolean) {
    this.#isOpen = isOpen;
    if (this.#mode === 'floating') this.#chat.share({ isOpen });
    this.#show();
  }

  /** Counts an answer that has ended while the panel was closed. */
  countAnswer(): void {
    if (this.#isOpen) return;
    this.#counted += 1;
    this.#chat.share({ unread: Math.max(this.#counted, this.#unread) });
    this.#show();
  }

  /** Stops listening. */
  close(): void {
    this.#unsubscribe();
    document.removeEventListener('visibilitychange', this.#show);
  }

  get #unread(): number {
    return this.#chat.shared.unread ?? 0;
  }

  /** An open panel in a visible tab has shown every answer, including those counted by tabs with a closed panel. */
  readonly #show = (): void => {
    if (this.#isOpen && !document.hidden && this.#unread > 0) this.#chat.share({ unread: 0 });
    if (this.#unread === 0) this.#counted = 0;
    this.#showUnread(this.#unread);
  };
}
