/** Records the events that a test client receives, folds them into a view, and lets a test wait for some of them. */
import {
  applyEvent,
  isLogged,
  joinSnapshot,
  type ChatEvent,
  type CommandId,
  type EventOf,
  type EventType,
  type View,
} from '@rivulet/protocol';

/** The received events of one client. */
export class EventRecorder {
  /** All received events, in order. */
  readonly events: ChatEvent[] = [];
  /** The fold of the received events; undefined before the first complete snapshot. */
  view: View | undefined;
  readonly #waiting = new Set<() => void>();
  #pages: View | undefined;
  #isOver = false;

  /** Records the events of one frame and checks what the test waits for. @throws {Error} on a gap in the log */
  record(events: readonly ChatEvent[]): void {
    for (const event of events) this.#record(event);
    for (const check of this.#waiting) check();
  }

  /** Marks the connection as closed: everything that is still awaited rejects. */
  end(): void {
    this.#isOver = true;
    for (const check of this.#waiting) check();
  }

  /** Resolves with the gateway's answer to a command, now or when it is received. @throws {Error} when the connection closes first */
  async answer(commandId: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    const isAnswer = (event: ChatEvent): event is EventOf<'accepted'> | EventOf<'rejected'> =>
      (event.type === 'accepted' || event.type === 'rejected') && event.commandId === commandId;
    await this.until(() => this.events.some(isAnswer), `an answer to ${commandId}`);
    return this.events.find(isAnswer)!;
  }

  /** Resolves with the first event of a type, now or when it is received. @throws {Error} when the connection closes first */
  async received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    const find = () => this.events.find((event) => event.type === type);
    await this.until(() => find() !== undefined, type);
    return find() as EventOf<Type>; // `until` has checked that it exists
  }

  /**
   * Resolves as soon as the condition holds; it is checked after each frame.
   * @param what names the condition in the error
   * @throws {Error} when the connection closes first
   */
  until(isTrue: () => boolean, what = 'a state'): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isTrue() && !this.#isOver) return;
        this.#waiting.delete(check);
        if (isTrue()) resolve();
        else reject(new Error(`the connection closed before ${what}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** The text of the last message of the view; empty when there is none. */
  get text(): string {
    const parts = this.view?.conversation.messages.at(-1)?.parts ?? [];
    return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  }

  #record(event: ChatEvent): void {
    this.events.push(event);
    if (event.type === 'snapshot') {
      this.#pages = joinSnapshot(this.#pages, event);
      if (event.isLast) this.view = this.#pages;
    } else if (isLogged(event) && this.view !== undefined) {
      const applied = applyEvent(this.view, event);
      if (applied.kind === 'gap') throw new Error(`gap before ${event.seq}`);
      if (applied.kind === 'applied') this.view = applied.view;
    }
  }
}
