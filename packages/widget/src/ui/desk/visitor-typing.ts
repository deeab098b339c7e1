/** Tells the person who answers that the visitor is typing. */
import type { Chat, ChatDesk } from '../../client/chat.ts';
import type { DeskHost } from './panel-desk-contract.ts';

/** Follows the text field of a panel. While the model answers, nothing is told. */
export class VisitorTyping {
  readonly #panel: DeskHost;
  #chat: Chat | undefined;
  #desk: Promise<ChatDesk> | undefined;

  constructor(panel: DeskHost) {
    this.#panel = panel;
  }

  /** Begins. May be called twice. */
  connect(): void {
    this.#panel.addEventListener('input', this.#onInput);
  }

  /** Ends. May be called twice. */
  disconnect(): void {
    this.stop();
    this.#panel.removeEventListener('input', this.#onInput);
  }

  /** The message was sent, or the chat has changed. */
  stop(): void {
    this.#tell(false);
  }

  readonly #onInput = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof HTMLTextAreaElement) || target.closest('rivulet-composer') === null) return;
    if (this.#panel.chat.snapshot.conversation.owner?.kind === 'person') this.#tell(target.value !== '');
  };

  #tell(isTyping: boolean): void {
    const { chat } = this.#panel;
    if (isTyping && (this.#desk === undefined || chat !== this.#chat)) {
      this.#chat = chat;
      this.#desk = chat.desk();
    }
    // Without its code nothing is told; the next key press tries again.
    this.#desk?.then(
      (desk) => {
        desk.setTyping(isTyping);
      },
      () => {
        this.#desk = undefined;
      },
    );
  }
}
