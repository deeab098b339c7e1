/** Who waits for the gateway to know them; as many as ask within one line. */
import type { ChatError } from '@rivulet/protocol';

export class WelcomeWaiters {
  #all: { resolve: () => void; reject: (error: ChatError) => void }[] = [];

  /** @throws {ChatError} when the gateway refuses the next hello, or the chat is closed before. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#all.push({ resolve, reject }));
  }

  resolve(): void {
    for (const { resolve } of this.#all.splice(0)) resolve();
  }

  reject(error: ChatError): void {
    for (const { reject } of this.#all.splice(0)) reject(error);
  }
}
