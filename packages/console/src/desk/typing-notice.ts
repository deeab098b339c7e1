/** Tells the visitor that the person at the desk is typing. */

/** Viewers show it for six seconds: often enough that it does not flicker, also on a slow connection. */
const REPEAT_MS = 4_000;

/** What a notice needs. */
export interface TypingNoticeOptions {
  send: (isTyping: boolean) => Promise<unknown>;
  now: () => number;
}

/** The notice of one conversation. What is not delivered is not repeated: by then it is an old state. */
export class TypingNotice {
  readonly #options: TypingNoticeOptions;
  #toldMs: number | undefined;

  constructor(options: TypingNoticeOptions) {
    this.#options = options;
  }

  /** The text has changed. */
  typed(text: string): void {
    if (text.trim() === '') {
      this.stop();
      return;
    }
    const nowMs = this.#options.now();
    if (this.#toldMs !== undefined && nowMs - this.#toldMs < REPEAT_MS) return;
    this.#toldMs = nowMs;
    this.#tell(true);
  }

  /** Nothing is typed any more. Nothing is sent when nothing was told. */
  stop(): void {
    if (this.#toldMs === undefined) return;
    this.#toldMs = undefined;
    this.#tell(false);
  }

  /** The message was sent, which ends the typing for every viewer. */
  forget(): void {
    this.#toldMs = undefined;
  }

  #tell(isTyping: boolean): void {
    this.#options.send(isTyping).catch(() => undefined); // it is a courtesy: the reply itself says what went wrong
  }
}
