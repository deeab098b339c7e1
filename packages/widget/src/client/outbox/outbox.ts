/** Messages on their way: one at a time, in order, with the same id until the gateway has taken them (invariant 7). */
import {
  ChatError,
  mintCommandId,
  mintMessageId,
  type Conversation,
  type ConversationId,
  type ErrorBody,
  type EventOf,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';
import type { PendingMessage } from '../chat.ts';
import type { Timer } from '../environment/clock.ts';
import type { Environment } from '../environment/environment.ts';
import {
  inState,
  isState,
  withoutError,
  type Acceptance,
  type Letter,
  type SendMessage,
} from './outbox-entry.ts';
import { loadOutbox, saveOutbox } from './outbox-storage.ts';
import { DEFAULT_RETRY_AFTER_MS } from '../connection/requests.ts';
import type { SiteStorage } from '../environment/storage.ts';

/** What a person may have waiting; beyond it something loops. */
const MAX_LETTERS = 50;

export interface OutboxOptions {
  environment: Environment;
  storage: SiteStorage;
  /** Does nothing while there is no line. */
  send(command: SendMessage): void;
  changed(): void;
  accepted(letter: Letter): void;
  /** Whether the message is in the conversation already. */
  isTaken(messageId: MessageId): boolean;
  failed(error: ChatError): void;
  /** It is not to be sent any more, from other tabs neither. */
  gone(messageId: MessageId): void;
}

interface Settler {
  resolve(acceptance: Acceptance): void;
  reject(error: ChatError): void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #settlers = new Map<MessageId, Settler[]>();
  #letters: readonly Letter[];
  #isOnline = false;
  /** The gateway asked for a pause: until the next line (`line`), or until the timer rings. */
  #pause: 'line' | Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#letters = loadOutbox(options.storage);
  }

  /** In the order of sending; accepted ones stay until `drop`ped, so that a message is never nowhere. */
  get letters(): readonly Letter[] {
    return this.#letters;
  }

  /** It sends nothing until `resume`. */
  get isSuspended(): boolean {
    return !this.#isOnline;
  }

  /** @throws {ChatError} the rejection that ends it, or interrupted: it was taken back. */
  add(command: Omit<SendMessage, 'id' | 'type'>): Promise<Acceptance> {
    if (this.#letters.length >= MAX_LETTERS) return Promise.reject(new ChatError('busy'));
    const { clock, random } = this.#options.environment;
    const letter: Letter = {
      command: { type: 'send-message', id: mintCommandId(random), ...command },
      wasSent: false,
      pending: {
        messageId: command.messageId,
        parts: command.parts,
        createdAtMs: clock.now(),
        state: 'waiting',
      },
    };
    const settled = this.#settled(letter);
    this.#change([...this.#letters, letter]);
    this.#pump();
    return settled;
  }

  /**
   * Takes over what other tabs have written and not sent: they may be gone. If not, each message goes from both, with the
   * same id and so once. In the order of writing, which is the storage's. @returns whether there was anything.
   */
  adopt(): boolean {
    const stored = loadOutbox(this.#options.storage);
    const merged = new Map([...stored, ...this.#letters].map((letter) => [letter.command.messageId, letter]));
    if (merged.size === this.#letters.length) return false;
    this.#change([...merged.values()]);
    this.#pump();
    return true;
  }

  /** The line is open: what was on its way goes again, then the rest. */
  resume(): void {
    this.#isOnline = true;
    if (this.#pause === 'line') this.#pause = undefined;
    this.#pump();
  }

  /** The line is gone; what was on it may or may not have arrived. */
  suspend(): void {
    this.#isOnline = false;
    const sending = this.#letters.find((letter) => isState(letter, 'sending'));
    if (sending !== undefined) this.#replace(sending, inState(sending, 'waiting'));
  }

  /** @returns whether the event answered one of these. */
  settle(event: EventOf<'accepted' | 'rejected'>): boolean {
    const letter = this.#letters.find(({ command }) => command.id === event.commandId);
    if (letter === undefined) return false;
    if (event.type === 'accepted') this.#accept(letter, event.runId);
    else this.#reject(letter, event.error);
    this.#pump();
    return true;
  }

  /** Takes back what was never sent to this conversation. @returns how many. */
  takeBack(conversationId: ConversationId): number {
    const isUnsent = (letter: Letter) =>
      letter.command.conversationId === conversationId && isState(letter, 'waiting') && !letter.wasSent;
    const unsent = this.#letters.filter(isUnsent);
    for (const { command } of unsent) this.discard(command.messageId);
    return unsent.length;
  }

  /** Takes a message off the list; whoever waits for it is told `interrupted`. Bound: it is handed on as it is. */
  readonly discard = (messageId: MessageId): void => {
    if (!this.#letters.some((letter) => isOf(letter, messageId))) return;
    this.#options.gone(messageId);
    this.#end(messageId, new ChatError('interrupted', { message: 'The message was taken back.' }));
    this.#change(this.#letters.filter(({ command }) => command.messageId !== messageId));
  };

  /** Sends a failed message again, with a new id: the old one stands for a refusal. */
  retry(messageId: MessageId): Promise<Acceptance> | undefined {
    const failed = this.#letters.find((letter) => isOf(letter, messageId) && isState(letter, 'failed'));
    if (failed === undefined) return undefined;
    const { random } = this.#options.environment;
    const fresh = mintMessageId(random);
    const letter: Letter = {
      command: { ...failed.command, id: mintCommandId(random), messageId: fresh },
      wasSent: false,
      pending: { ...withoutError(failed.pending), messageId: fresh, state: 'waiting' },
    };
    const settled = this.#settled(letter);
    this.#replace(failed, letter);
    this.#options.gone(messageId);
    this.#pump();
    return settled;
  }

  /**
   * The conversation is not there any more: what waits goes to another. What may have arrived already is not sent twice: it
   * fails there, and a person decides.
   */
  moveTo(lost: ConversationId, conversationId: ConversationId): void {
    const moved = this.#letters.map((letter): Letter => {
      if (letter.command.conversationId !== lost || letter.acceptance !== undefined) return letter;
      const { parentId: _gone, ...command } = { ...letter.command, conversationId };
      if (!letter.wasSent || isState(letter, 'failed')) return { ...letter, command };
      const error = new ChatError('interrupted', {
        message: 'It is not known whether this message arrived.',
      });
      this.#end(command.messageId, error);
      return { ...letter, command, pending: { ...letter.pending, state: 'failed', error: error.toBody() } };
    });
    this.#change(moved);
    this.#pump();
  }

  /** Lets go of accepted messages that `isShown` elsewhere. */
  drop(isShown: (letter: Letter) => boolean): void {
    const kept = this.#letters.filter((letter) => letter.acceptance === undefined || !isShown(letter));
    if (kept.length !== this.#letters.length) this.#change(kept);
  }

  clear(error: ChatError): void {
    for (const { command } of this.#letters) this.#end(command.messageId, error);
    this.#wake();
    this.#change([]);
  }

  /** Those of the conversation that are not in it yet. */
  shown({ id, messages }: Conversation): PendingMessage[] {
    return this.#letters
      .filter(({ command }) => command.conversationId === id)
      .filter((letter) => !messages.some((message) => isOf(letter, message.id)))
      .map(({ pending }) => pending);
  }

  /** No timer after this; what waits goes with the next line. */
  rest(): void {
    this.#wake();
  }

  /** Resolves once the gateway has it; undefined: it does not any more. */
  outcome(messageId: MessageId): Promise<Acceptance | undefined> {
    const letter = this.#letters.find((one) => isOf(one, messageId));
    if (letter === undefined || letter.acceptance !== undefined || isState(letter, 'failed'))
      return Promise.resolve(letter?.acceptance);
    return this.#settled(letter).catch(() => undefined);
  }

  #pump(): void {
    if (!this.#isOnline || this.#pause !== undefined) return;
    if (this.#letters.some((letter) => isState(letter, 'sending'))) return;
    const next = this.#letters.find((letter) => isState(letter, 'waiting'));
    if (next === undefined) return;
    this.#replace(next, { ...inState(next, 'sending'), wasSent: true });
    this.#options.send(next.command);
  }

  #accept(letter: Letter, runId: RunId | undefined): void {
    const { messageId } = letter.command;
    const acceptance: Acceptance = { messageId, ...(runId === undefined ? {} : { runId }) };
    const accepted = { ...inState(letter, 'sending'), acceptance };
    this.#replace(letter, accepted);
    this.#options.accepted(accepted);
    for (const settler of this.#takeSettlers(messageId)) settler.resolve(acceptance);
  }

  #reject(letter: Letter, error: ErrorBody): void {
    if (letter.acceptance !== undefined) return; // an answer to an earlier sending of what was taken since
    // An earlier sending of it was taken and only its answer was lost.
    if (error.code === 'conflict' && this.#options.isTaken(letter.command.messageId)) {
      this.#accept(letter, undefined);
      return;
    }
    if (error.retry === 'same' || error.retry === 'after') {
      this.#replace(letter, { ...letter, pending: { ...letter.pending, state: 'waiting', error } });
      this.#pauseFor(error);
      return;
    }
    this.#replace(letter, { ...letter, pending: { ...letter.pending, state: 'failed', error } });
    const failure = ChatError.fromBody(error);
    this.#end(letter.command.messageId, failure);
    this.#options.failed(failure);
  }

  #pauseFor({ retry, retryAfterMs }: ErrorBody): void {
    this.#wake();
    this.#pause =
      retry === 'same'
        ? 'line'
        : this.#options.environment.clock.after(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, () => {
            this.#wake();
            this.#pump();
          });
  }

  #wake(): void {
    if (typeof this.#pause === 'object') this.#pause.cancel();
    this.#pause = undefined;
  }

  #settled({ command }: Letter): Promise<Acceptance> {
    const { messageId } = command;
    return new Promise((resolve, reject) => {
      this.#settlers.set(messageId, [...(this.#settlers.get(messageId) ?? []), { resolve, reject }]);
    });
  }

  #end(messageId: MessageId, error: ChatError): void {
    for (const settler of this.#takeSettlers(messageId)) settler.reject(error);
  }

  #takeSettlers(messageId: MessageId): Settler[] {
    const settlers = this.#settlers.get(messageId) ?? [];
    this.#settlers.delete(messageId);
    return settlers;
  }

  #replace(letter: Letter, by: Letter): void {
    this.#change(this.#letters.map((one) => (one === letter ? by : one)));
  }

  #change(letters: readonly Letter[]): void {
    const before = this.#letters;
    this.#letters = letters;
    saveOutbox(this.#options.storage, before, letters);
    this.#options.changed();
  }
}

const isOf = ({ command }: Letter, messageId: MessageId): boolean => command.messageId === messageId;
