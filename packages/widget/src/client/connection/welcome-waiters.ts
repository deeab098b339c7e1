/** Promises that settle with the next `welcome` or its refusal. */
import type { ChatError } from '@rivulet/protocol';

/** Waits for the gateway to accept an identity. Bounded by the calls within one connection attempt. */
export class WelcomeWaiters {
  #all: { resolve: () => void; reject: (error: ChatError) => void }[] = [];

  /**
   * Waits for the next `welcome`.
   * @throws {ChatError} the gateway refuses the hello, or the chat is closed
   */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#all.push({ resolve, reject }));
  }

  /** Resolves all that wait. */
  resolve(): void {
    for (const { resolve } of this.#all.splice(0)) resolve();
  }

  /** Rejects all that wait. */
  reject(error: ChatError): void {
    for (const { reject } of this.#all.splice(0)) reject(error);
  }
}
