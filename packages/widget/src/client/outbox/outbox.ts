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
  type Timer,
} from '@rivulet/protocol';
import type { PendingMessage } from '../chat.ts';
import type { Environment } from '../environment/environment.ts';
import {
  inState,
  isState,
  withoutError,
  type Acceptance,
  type OutboxEntry,
  type SendMessage,
} from './outbox-entry.ts';
import { loadOutbox, saveOutbox } from './outbox-storage.ts';
import { DEFAULT_RETRY_AFTER_MS } from '../connection/requests.ts';
import type { SiteStorage } from '../environment/storage.ts';

/** What a person may have waiting; beyond it something loops. */
const MAX_OUTBOX_ENTRIES = 50;

export interface OutboxOptions {
  environment: Environment;
  storage: SiteStorage;
  /** Does nothing while there is no line. */
  send(command: SendMessage): void;
  changed(): void;
  accepted(entry: OutboxEntry): void;
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
  #entries: readonly OutboxEntry[];
  #isOnline = false;
  /** The gateway asked for a pause: until the next line (`line`), or until the timer rings. */
  #pause: 'reconnect' | Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#entries = loadOutbox(options.storage);
  }

  /** In the order of sending; accepted ones stay until `drop`ped, so that a message is never nowhere. */
  get entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  /** It sends nothing until `resume`. */
  get isSuspended(): boolean {
    return !this.#isOnline;
  }

  /** @throws {ChatError} the rejection that ends it, or interrupted: it was taken back. */
  add(command: Omit<SendMessage, 'id' | 'type'>): Promise<Acceptance> {
    if (this.#entries.length >= MAX_OUTBOX_ENTRIES) return Promise.reject(new ChatError('busy'));
    const { clock, random } = this.#options.environment;
    const entry: OutboxEntry = {
      command: { type: 'send-message', id: mintCommandId(random), ...command },
      wasSent: false,
      pending: {
        messageId: command.messageId,
        parts: command.parts,
        createdAtMs: clock.now(),
        state: 'waiting',
      },
    };
    const settled = this.#settled(entry);
    this.#change([...this.#entries, entry]);
    this.#pump();
    return settled;
  }

  /**
   * Takes over what other tabs have written and not sent: they may be gone. If not, each message goes from both, with the
   * same id and so once. In the order of writing, which is the storage's. @returns whether there was anything.
   */
  adopt(): boolean {
    const stored = loadOutbox(this.#options.storage);
    const merged = new Map([...stored, ...this.#entries].map((entry) => [entry.command.messageId, entry]));
    if (merged.size === this.#entries.length) return false;
    this.#change([...merged.values()]);
    this.#pump();
    return true;
  }

  /** The line is open: what was on its way goes again, then the rest. */
  resume(): void {
    this.#isOnline = true;
    if (this.#pause === 'reconnect') this.#pause = undefined;
    this.#pump();
  }

  /** The line is gone; what was on it may or may not have arrived. */
  suspend(): void {
    this.#isOnline = false;
    const sending = this.#entries.find((entry) => isState(entry, 'sending'));
    if (sending !== undefined) this.#replace(sending, inState(sending, 'waiting'));
  }

  /** @returns whether the event answered one of these. */
  settle(event: EventOf<'accepted' | 'rejected'>): boolean {
    const entry = this.#entries.find(({ command }) => command.id === event.commandId);
    if (entry === undefined) return false;
    if (event.type === 'accepted') this.#accept(entry, event.runId);
    else this.#reject(entry, event.error);
    this.#pump();
    return true;
  }

  /** Takes back what was never sent to this conversation. @returns how many. */
  takeBack(conversationId: ConversationId): number {
    const isUnsent = (entry: OutboxEntry) =>
      entry.command.conversationId === conversationId && isState(entry, 'waiting') && !entry.wasSent;
    const unsent = this.#entries.filter(isUnsent);
    for (const { command } of unsent) this.discard(command.messageId);
    return unsent.length;
  }

  /** Takes a message off the list; whoever waits for it is told `interrupted`. Bound: it is handed on as it is. */
  readonly discard = (messageId: MessageId): void => {
    if (!this.#entries.some((entry) => isOf(entry, messageId))) return;
    this.#options.gone(messageId);
    this.#end(messageId, new ChatError('interrupted', { message: 'The message was taken back.' }));
    this.#change(this.#entries.filter(({ command }) => command.messageId !== messageId));
  };

  /** Sends a failed message again, with a new id: the old one stands for a refusal. */
  retry(messageId: MessageId): Promise<Acceptance> | undefined {
    const failed = this.#entries.find((entry) => isOf(entry, messageId) && isState(entry, 'failed'));
    if (failed === undefined) return undefined;
    const { random } = this.#options.environment;
    const fresh = mintMessageId(random);
    const entry: OutboxEntry = {
      command: { ...failed.command, id: mintCommandId(random), messageId: fresh },
      wasSent: false,
      pending: { ...withoutError(failed.pending), messageId: fresh, state: 'waiting' },
    };
    const settled = this.#settled(entry);
    this.#replace(failed, entry);
    this.#options.gone(messageId);
    this.#pump();
    return settled;
  }

  /**
   * The conversation is not there any more: what waits goes to another. What may have arrived already is not sent twice: it
   * fails there, and a person decides.
   */
  moveTo(lost: ConversationId, conversationId: ConversationId): void {
    const moved = this.#entries.map((entry): OutboxEntry => {
      if (entry.command.conversationId !== lost || entry.acceptance !== undefined) return entry;
      const { parentId: _gone, ...command } = { ...entry.command, conversationId };
      if (!entry.wasSent || isState(entry, 'failed')) return { ...entry, command };
      const error = new ChatError('interrupted', {
        message: 'It is not known whether this message arrived.',
      });
      this.#end(command.messageId, error);
      return { ...entry, command, pending: { ...entry.pending, state: 'failed', error: error.toBody() } };
    });
    this.#change(moved);
    this.#pump();
  }

  /** Lets go of accepted messages that `isShown` elsewhere. */
  drop(isShown: (entry: OutboxEntry) => boolean): void {
    const kept = this.#entries.filter((entry) => entry.acceptance === undefined || !isShown(entry));
    if (kept.length !== this.#entries.length) this.#change(kept);
  }

  clear(error: ChatError): void {
    for (const { command } of this.#entries) this.#end(command.messageId, error);
    this.#wake();
    this.#change([]);
  }

  /** Those of the conversation that are not in it yet. */
  shown({ id, messages }: Conversation): PendingMessage[] {
    return this.#entries
      .filter(({ command }) => command.conversationId === id)
      .filter((entry) => !messages.some((message) => isOf(entry, message.id)))
      .map(({ pending }) => pending);
  }

  /** No timer after this; what waits goes with the next line. */
  cancelTimer(): void {
    this.#wake();
  }

  /** Resolves once the gateway has it; undefined: it does not any more. */
  outcome(messageId: MessageId): Promise<Acceptance | undefined> {
    const entry = this.#entries.find((one) => isOf(one, messageId));
    if (entry === undefined || entry.acceptance !== undefined || isState(entry, 'failed'))
      return Promise.resolve(entry?.acceptance);
    return this.#settled(entry).catch(() => undefined);
  }

  #pump(): void {
    if (!this.#isOnline || this.#pause !== undefined) return;
    if (this.#entries.some((entry) => isState(entry, 'sending'))) return;
    const next = this.#entries.find((entry) => isState(entry, 'waiting'));
    if (next === undefined) return;
    this.#replace(next, { ...inState(next, 'sending'), wasSent: true });
    this.#options.send(next.command);
  }

  #accept(entry: OutboxEntry, runId: RunId | undefined): void {
    const { messageId } = entry.command;
    const acceptance: Acceptance = { messageId, ...(runId === undefined ? {} : { runId }) };
    const accepted = { ...inState(entry, 'sending'), acceptance };
    this.#replace(entry, accepted);
    this.#options.accepted(accepted);
    for (const settler of this.#takeSettlers(messageId)) settler.resolve(acceptance);
  }

  #reject(entry: OutboxEntry, error: ErrorBody): void {
    if (entry.acceptance !== undefined) return; // an answer to an earlier sending of what was taken since
    // An earlier sending of it was taken and only its answer was lost.
    if (error.code === 'conflict' && this.#options.isTaken(entry.command.messageId)) {
      this.#accept(entry, undefined);
      return;
    }
    if (error.retry === 'same' || error.retry === 'after') {
      this.#replace(entry, { ...entry, pending: { ...entry.pending, state: 'waiting', error } });
      this.#pauseFor(error);
      return;
    }
    this.#replace(entry, { ...entry, pending: { ...entry.pending, state: 'failed', error } });
    const chatError = ChatError.fromBody(error);
    this.#end(entry.command.messageId, chatError);
    this.#options.failed(chatError);
  }

  #pauseFor({ retry, retryAfterMs }: ErrorBody): void {
    this.#wake();
    this.#pause =
      retry === 'same'
        ? 'reconnect'
        : this.#options.environment.clock.after(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, () => {
            this.#wake();
            this.#pump();
          });
  }

  #wake(): void {
    if (typeof this.#pause === 'object') this.#pause.cancel();
    this.#pause = undefined;
  }

  #settled({ command }: OutboxEntry): Promise<Acceptance> {
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

  #replace(entry: OutboxEntry, by: OutboxEntry): void {
    this.#change(this.#entries.map((one) => (one === entry ? by : one)));
  }

  #change(entries: readonly OutboxEntry[]): void {
    const before = this.#entries;
    this.#entries = entries;
    saveOutbox(this.#options.storage, before, entries);
    this.#options.changed();
  }
}

const isOf = ({ command }: OutboxEntry, messageId: MessageId): boolean => command.messageId === messageId;
