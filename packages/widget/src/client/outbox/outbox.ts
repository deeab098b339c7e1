/** Messages on their way to the gateway: sent one at a time, in order, with the same id until the gateway accepts them (invariant 7). */
import {
  ChatError,
  type ConversationId,
  type ErrorBody,
  type EventOf,
  type MessageId,
  type RunId,
  type Timer,
} from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import {
  inState,
  isState,
  newEntry,
  retriedEntry,
  unqueued,
  withoutError,
  type Acceptance,
  type NewEntry,
  type OutboxEntry,
  type OutboxMessage,
  type SendMessage,
} from './outbox-entry.ts';
import { loadOutbox, saveOutbox } from './outbox-storage.ts';
import { DEFAULT_RETRY_AFTER_MS } from '../connection/requests.ts';
import type { SiteStorage } from '../environment/storage.ts';

/** More messages than a visitor writes: beyond this number, a script is sending in a loop. */
const MAX_OUTBOX_ENTRIES = 50;

/** Options of `Outbox`. */
export interface OutboxOptions {
  environment: Environment;
  storage: SiteStorage;
  /** Sends on the connection; does nothing while there is none. */
  send(command: SendMessage): void;
  /** The entries have changed. */
  changed(): void;
  /** The gateway has accepted a message. */
  accepted(entry: OutboxEntry): void;
  /** Whether the message is in the conversation already. */
  isTaken(messageId: MessageId): boolean;
  /** Whether a queued message has to wait: an answer is being written in the conversation, or it is not known. */
  isBusy(conversationId: ConversationId): boolean;
  /** A message has failed for good. */
  failed(error: ChatError): void;
  /** Tells the other tabs. */
  tellTabs(message: OutboxMessage): void;
}

interface Settler {
  resolve(acceptance: Acceptance): void;
  reject(error: ChatError): void;
}

/** The outbox of one chat. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #settlers = new Map<MessageId, Settler[]>();
  #entries: readonly OutboxEntry[];
  #isOnline = false;
  /** The gateway asked for a pause: until the next connection (`reconnect`), or until the timer fires. */
  #pause: 'reconnect' | Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#entries = loadOutbox(options.storage);
  }

  /** In the order of sending. Accepted messages stay until `drop`, so that a message is always shown somewhere. */
  get entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  /** Whether nothing is sent until `resume`. */
  get isSuspended(): boolean {
    return !this.#isOnline;
  }

  /**
   * Adds a message. Resolves when the gateway has accepted it.
   * @param when `queued`: it is sent when no answer is being written any more
   * @throws {ChatError} `busy` when the outbox is full; `interrupted` when the message is withdrawn, or when it is unknown whether
   *   it arrived; the gateway's code when the gateway rejects the message for good; the error of `clear`
   */
  add(message: NewEntry['message'], when: NewEntry['when'] = 'now'): Promise<Acceptance> {
    if (this.#entries.length >= MAX_OUTBOX_ENTRIES) return Promise.reject(new ChatError('busy'));
    const { clock, random } = this.#options.environment;
    const entry = newEntry({ message, when, createdAtMs: clock.now() }, random);
    const settled = this.#settled(entry);
    this.#change([...this.#entries, entry]);
    if (when === 'queued') this.#options.tellTabs({ kind: 'queued', entry });
    this.pump();
    return settled;
  }

  /** Removes a queued message, here and in other tabs. @returns its parts; undefined when it has been sent meanwhile */
  withdraw(messageId: MessageId): SendMessage['parts'] | undefined {
    const entry = this.#entries.find((one) => isOf(one, messageId) && one.isQueued);
    if (entry !== undefined) this.#remove(messageId);
    return entry?.command.parts;
  }

  /** The visitor leaves a conversation: this tab does not learn any more when its answers end, so its messages wait no longer. */
  release(conversationId: ConversationId): void {
    const isOfIt = ({ command, isQueued }: OutboxEntry) =>
      isQueued && command.conversationId === conversationId;
    if (!this.#entries.some(isOfIt)) return;
    this.#change(this.#entries.map((entry) => (isOfIt(entry) ? unqueued(entry) : entry)));
    this.pump();
  }

  /**
   * Adds the messages that other tabs stored and did not send, in the order of the storage. Those tabs may be gone; if not, a
   * message is sent by both with the same id, and the gateway accepts it once. @returns whether a message was added
   * @param told what another tab has just queued
   */
  adopt(told: readonly OutboxEntry[] = []): boolean {
    const stored = loadOutbox(this.#options.storage);
    const merged = new Map(
      [...stored, ...told, ...this.#entries].map((entry) => [entry.command.messageId, entry]),
    );
    if (merged.size === this.#entries.length) return false;
    this.#change([...merged.values()]);
    this.pump();
    return true;
  }

  /** A connection is open: messages without an answer are sent again, then the others. */
  resume(): void {
    this.#isOnline = true;
    if (this.#pause === 'reconnect') this.#pause = undefined;
    this.pump();
  }

  /** The connection is lost: it is unknown whether a message without an answer has arrived, so it waits to be sent again. */
  suspend(): void {
    this.#isOnline = false;
    const sending = this.#entries.find((entry) => isState(entry, 'sending'));
    if (sending !== undefined) this.#replace(sending, inState(sending, 'waiting'));
  }

  /** Handles an event. @returns whether it answered a message of the outbox */
  settle(event: EventOf<'accepted' | 'rejected'>): boolean {
    const entry = this.#entries.find(({ command }) => command.id === event.commandId);
    if (entry === undefined) return false;
    if (event.type === 'accepted') this.#accept(entry, event.runId);
    else this.#reject(entry, event.error);
    this.pump();
    return true;
  }

  /** Withdraws the messages of a conversation that were never sent. @returns how many */
  takeBack(conversationId: ConversationId): number {
    const isUnsent = (entry: OutboxEntry) =>
      entry.command.conversationId === conversationId &&
      isState(entry, 'waiting') &&
      !entry.wasSent &&
      !entry.isQueued;
    const unsent = this.#entries.filter(isUnsent);
    for (const { command } of unsent) this.#remove(command.messageId);
    return unsent.length;
  }

  /** Removes a message; its promise rejects with `interrupted`. Bound, because it is passed as a callback. */
  readonly discard = (messageId: MessageId): void => {
    this.#remove(messageId);
    this.pump(); // the next message may have waited for this one
  };

  /** Sends a failed message again, with a new id: the gateway has rejected the old one. @returns undefined if no such message has failed */
  retry(messageId: MessageId): Promise<Acceptance> | undefined {
    const failed = this.#entries.find((entry) => isOf(entry, messageId) && isState(entry, 'failed'));
    if (failed === undefined) return undefined;
    const entry = retriedEntry(failed, this.#options.environment.random);
    const settled = this.#settled(entry);
    this.#replace(failed, entry);
    this.#options.tellTabs({ kind: 'gone', messageId });
    this.pump();
    return settled;
  }

  /**
   * The conversation does not exist any more: its messages are sent to another one. A message that may have arrived already is
   * not sent twice: it fails in the other conversation, where the visitor decides.
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
    this.pump();
  }

  /** Removes accepted messages that `isShown` says are shown elsewhere, and queued ones that another tab has sent. */
  drop(isShown: (entry: OutboxEntry) => boolean): void {
    for (const entry of this.#entries)
      if (entry.isQueued && this.#options.isTaken(entry.command.messageId)) this.#accept(entry, undefined);
    const kept = this.#entries.filter((entry) => entry.acceptance === undefined || !isShown(entry));
    if (kept.length !== this.#entries.length) this.#change(kept);
  }

  /** Removes all messages of this tab, also from the storage. Pending promises reject with `error`. */
  clear(error: ChatError): void {
    for (const { command } of this.#entries) this.#end(command.messageId, error);
    this.#wake();
    this.#change([]);
  }

  /** Cancels the timer of a pause; waiting messages are sent on the next connection. */
  cancelTimer(): void {
    this.#wake();
  }

  /** Resolves when the gateway has accepted the message; undefined when it is not in the outbox, has failed, or is discarded meanwhile. */
  outcome(messageId: MessageId): Promise<Acceptance | undefined> {
    const entry = this.#entries.find((one) => isOf(one, messageId));
    if (entry === undefined || entry.acceptance !== undefined || isState(entry, 'failed'))
      return Promise.resolve(entry?.acceptance);
    return this.#settled(entry).catch(() => undefined);
  }

  #remove(messageId: MessageId): void {
    if (!this.#entries.some((entry) => isOf(entry, messageId))) return;
    this.#options.tellTabs({ kind: 'gone', messageId });
    this.#end(messageId, new ChatError('interrupted', { message: 'The message was discarded.' }));
    this.#change(this.#entries.filter(({ command }) => command.messageId !== messageId));
  }

  /** Sends the next message, if it may be sent now. Call it when an answer has ended. */
  pump(): void {
    if (!this.#isOnline || this.#pause !== undefined) return;
    if (this.#entries.some((entry) => isState(entry, 'sending'))) return;
    const next = this.#entries.find((entry) => isState(entry, 'waiting') && !this.#hasToWait(entry));
    if (next === undefined) return;
    this.#replace(next, { ...unqueued(inState(next, 'sending')), wasSent: true });
    this.#options.send(next.command);
  }

  #hasToWait({ isQueued, command }: OutboxEntry): boolean {
    return isQueued === true && this.#options.isBusy(command.conversationId);
  }

  #accept(entry: OutboxEntry, runId: RunId | undefined): void {
    const { messageId } = entry.command;
    const acceptance: Acceptance = { messageId, ...(runId === undefined ? {} : { runId }) };
    const accepted = { ...unqueued(inState(entry, 'sending')), acceptance };
    this.#replace(entry, accepted);
    this.#options.accepted(accepted);
    for (const settler of this.#takeSettlers(messageId)) settler.resolve(acceptance);
  }

  #reject(entry: OutboxEntry, error: ErrorBody): void {
    if (entry.acceptance !== undefined) return; // a late answer: the message has been accepted meanwhile
    // An earlier attempt was accepted, and only its answer was lost.
    if (error.code === 'conflict' && this.#options.isTaken(entry.command.messageId)) {
      this.#accept(entry, undefined);
      return;
    }
    if (error.retry === 'same' || error.retry === 'after') {
      const { retryAfterMs = DEFAULT_RETRY_AFTER_MS } = error;
      const retryAtMs = this.#options.environment.clock.now() + retryAfterMs;
      const wait = error.code === 'rate-limited' && { retryAtMs };
      const pending = { ...withoutError(entry.pending), state: 'waiting', error, ...wait } as const;
      this.#replace(entry, { ...entry, pending });
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
            this.pump();
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
