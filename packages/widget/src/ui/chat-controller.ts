/** The only subscriber to the chat: every change asks its element for one update. */
import type { ReactiveController, ReactiveControllerHost } from './lit.ts';
import type { Chat, ChatSnapshot } from '../client/chat.ts';

export class ChatController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #chat: Chat | undefined;
  #unsubscribe: () => void = () => undefined;
  #isConnected = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get snapshot(): ChatSnapshot | undefined {
    return this.#chat?.snapshot;
  }

  /** Follows another chat. */
  follow(chat: Chat): void {
    if (chat === this.#chat) return;
    this.hostDisconnected();
    this.#chat = chat;
    this.hostConnected();
  }

  hostConnected(): void {
    if (this.#isConnected || this.#chat === undefined) return;
    this.#isConnected = true;
    this.#unsubscribe = this.#chat.subscribe(() => {
      this.#host.requestUpdate();
    });
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#unsubscribe();
    this.#unsubscribe = () => undefined;
  }
}
