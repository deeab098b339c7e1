/** Reactive controller that is the only subscriber to the chat: each change requests one update of the host element. */
import type { ReactiveController, ReactiveControllerHost } from '../lit/reactive-element.ts';
import type { Chat } from '../../client/chat.ts';

/** Subscribes to a chat while the host element is connected. */
export class ChatController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #draft: (text: string) => void;
  #chat: Chat | undefined;
  #unsubscribe: (() => void)[] = [];

  /** @param draft called when the draft was changed in another tab */
  constructor(host: ReactiveControllerHost, draft: (text: string) => void) {
    this.#host = host;
    this.#draft = draft;
    host.addController(this);
  }

  /** Switches the subscription to another chat. Does nothing for the current one. */
  follow(chat: Chat): void {
    if (chat === this.#chat) return;
    this.hostDisconnected();
    this.#chat = chat;
    this.hostConnected();
  }

  /** Subscribes, unless already subscribed. */
  hostConnected(): void {
    if (this.#unsubscribe.length > 0 || this.#chat === undefined) return;
    this.#unsubscribe = [
      this.#chat.subscribe(() => {
        this.#host.requestUpdate();
      }),
      this.#chat.on('draft', ({ text }) => {
        this.#draft(text);
      }),
    ];
    this.#host.requestUpdate();
  }

  /** Unsubscribes. May be called twice. */
  hostDisconnected(): void {
    for (const end of this.#unsubscribe.splice(0)) end();
  }
}
