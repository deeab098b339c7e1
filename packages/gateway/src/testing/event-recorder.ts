/** What a client of a test has heard: all events in order, folded, with ways to wait for some. */
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

export class EventRecorder {
  readonly events: ChatEvent[] = [];
  view: View | undefined;
  readonly #waiting = new Set<() => void>();
  #pages: View | undefined;
  #isOver = false;

  take(events: readonly ChatEvent[]): void {
    for (const event of events) this.#take(event);
    for (const check of this.#waiting) check();
  }

  /** Nothing more will come. */
  end(): void {
    this.#isOver = true;
    for (const check of this.#waiting) check();
  }

  /** The answer to a command. */
  async answer(commandId: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    const isAnswer = (event: ChatEvent): event is EventOf<'accepted'> | EventOf<'rejected'> =>
      (event.type === 'accepted' || event.type === 'rejected') && event.commandId === commandId;
    await this.until(() => this.events.some(isAnswer), `an answer to ${commandId}`);
    return this.events.find(isAnswer)!;
  }

  /** The first event of a type, now or when it comes. */
  async received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    const find = () => this.events.find((event) => event.type === type);
    await this.until(() => find() !== undefined, type);
    return find() as EventOf<Type>; // `until` has seen that it is there
  }

  /** Resolves as soon as `isSo`, asked after each frame. @throws {Error} when the line ends first */
  until(isSo: () => boolean, what = 'a state'): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isSo() && !this.#isOver) return;
        this.#waiting.delete(check);
        if (isSo()) resolve();
        else reject(new Error(`the line closed before ${what}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** The text of the last message of the view, empty without one. */
  get text(): string {
    const parts = this.view?.conversation.messages.at(-1)?.parts ?? [];
    return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  }

  #take(event: ChatEvent): void {
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
