/**
 * Runs the `before-render` hooks of the page for each message. Loaded only if there are hooks. Hooks may be
 * asynchronous, so a message stays hidden until they have returned, and an answer until it is complete.
 */
import type { Message } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { Hook } from '../../shell/options.ts';

/** Applies the hooks and caches their results per message. */
export class RenderHooks {
  readonly #hooks: readonly Hook[];
  readonly #changed: () => void;
  /** Result per message; `null` if a hook hides it. Messages without an entry are still being processed. */
  readonly #shown = new WeakMap<Message, Message | null>();
  readonly #asked = new WeakSet<Message>();

  /** @param changed called when a result is available and `apply` returns something new */
  constructor(hooks: readonly Hook[], changed: () => void) {
    this.#hooks = hooks;
    this.#changed = changed;
  }

  /** Returns the snapshot with the messages as the hooks have changed them. */
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

  /** A message whose hook throws is not shown. */
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
