/** The only subscriber to the chat: every change asks its element for one update. */
import type { ReactiveController, ReactiveControllerHost } from '../lit/lit.ts';
import type { Chat, ChatSnapshot } from '../../client/chat.ts';

export class ChatController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #draft: (text: string) => void;
  #chat: Chat | undefined;
  #unsubscribe: (() => void)[] = [];
  #isConnected = false;

  /** @param draft called when another tab has changed the draft. */
  constructor(host: ReactiveControllerHost, draft: (text: string) => void) {
    this.#host = host;
    this.#draft = draft;
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

  hostDisconnected(): void {
    this.#isConnected = false;
    for (const end of this.#unsubscribe.splice(0)) end();
  }
}
