/**
 * Whether the panel is open and how many answers nobody has seen: in step with the other tabs, and with the site's next page.
 *
 * Every tab that has a line hears of every answer, so none may add to what the others have counted: each counts for itself,
 * and the greatest count is everybody's.
 */
import type { Chat } from '../../client/chat.ts';
import type { AppHost } from '../../shell/app-contract.ts';
import { isPhone } from './is-phone.ts';

export class PanelMemory {
  readonly #chat: Chat;
  readonly #host: AppHost;
  readonly #unlisten: () => void;
  #isOpen = false;
  #counted: number;

  constructor(chat: Chat, host: AppHost) {
    this.#chat = chat;
    this.#host = host;
    this.#counted = this.#unread;
    this.#unlisten = chat.on('shared', this.#show);
    document.addEventListener('visibilitychange', this.#show);
    this.#show();
  }

  /** The visitor had it open on the page before. On a phone it would cover the next one. */
  get wasOpen(): boolean {
    return this.#chat.shared.isOpen === true && !isPhone();
  }

  /** The visitor has opened or closed it, on this page. */
  set isOpen(isOpen: boolean) {
    this.#isOpen = isOpen;
    if (this.#host.settings.mode === 'floating') this.#chat.share({ isOpen });
    this.#show();
  }

  /** An answer is over. */
  countAnswer(): void {
    if (this.#isOpen) return;
    this.#counted += 1;
    this.#chat.share({ unread: Math.max(this.#counted, this.#unread) });
    this.#show();
  }

  close(): void {
    this.#unlisten();
    document.removeEventListener('visibilitychange', this.#show);
  }

  get #unread(): number {
    return this.#chat.shared.unread ?? 0;
  }

  /** An open panel that is in sight has seen all of it, also what a closed one in another tab has counted. */
  readonly #show = (): void => {
    if (this.#isOpen && !document.hidden && this.#unread > 0) this.#chat.share({ unread: 0 });
    if (this.#unread === 0) this.#counted = 0;
    this.#host.setUnread(this.#unread);
  };
}
