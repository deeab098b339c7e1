/**
 * What the page's `before-render` functions make of each message. Fetched by pages that have such functions: they may wait, so a
 * message is hidden until they have answered, and an answer until it is whole.
 */
import type { Message } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { Hook } from '../../shell/options.ts';

export class RenderHooks {
  readonly #hooks: readonly Hook[];
  readonly #changed: () => void;
  /** `null`: hidden by the page. A message that is not here is being looked at. */
  readonly #shown = new WeakMap<Message, Message | null>();
  readonly #asked = new WeakSet<Message>();

  /** @param changed an answer has come: ask again what to show */
  constructor(hooks: readonly Hook[], changed: () => void) {
    this.#hooks = hooks;
    this.#changed = changed;
  }

  /** The snapshot as the page wants it shown. */
  apply(snapshot: ChatSnapshot): ChatSnapshot {
    const messages = snapshot.conversation.messages.flatMap((message) => this.#show(message));
    return { ...snapshot, conversation: { ...snapshot.conversation, messages } };
  }

  #show(message: Message): Message[] {
    if (message.run?.state === 'running') return [];
    const shown = this.#shown.get(message);
    if (shown === undefined && !this.#asked.has(message)) {
      this.#asked.add(message);
      void this.#ask(message);
    }
    return shown === undefined || shown === null ? [] : [shown];
  }

  async #ask(message: Message): Promise<void> {
    this.#shown.set(message, await this.#run(message));
    this.#changed();
  }

  /** A function that throws has not looked: what it should have looked at is not shown. */
  async #run(message: Message): Promise<Message | null> {
    let current = message;
    for (const hook of this.#hooks) {
      if (hook.name !== 'before-render') continue;
      try {
        const changed = await hook.handler({ message: current });
        if (changed === false) return null;
        current = changed ?? current;
      } catch (error) {
        reportError(error);
        return null;
      }
    }
    return current;
  }
}
