/** Replies on their way to one conversation, in order. Each has the id under which it is stored, so that sending it again adds nothing. */
import { mintMessageId, type Message, type MessageId, type UserPart } from '@rivulet/protocol';
import { ApiError } from '../api.ts';

/** How far a reply has come. `refused`: the gateway has not taken it, and does not take it as it is. */
export type SendingState =
  | { kind: 'waiting' }
  | { kind: 'sending' }
  | { kind: 'sent' }
  | { kind: 'failed'; problem: string }
  | { kind: 'refused'; problem: string };

/** A reply on its way. */
export interface Outgoing {
  messageId: MessageId;
  parts: readonly UserPart[];
  /** When it was written, in milliseconds since 1970. */
  atMs: number;
  state: SendingState;
}

/** A reply that was not sent. */
export type FailedReply = Outgoing & { state: Extract<SendingState, { problem: string }> };

/** What an outbox needs. */
export interface OutboxOptions {
  /** Resolves when the gateway has stored it. Rejects with `ApiError`. */
  send: (reply: Pick<Outgoing, 'messageId' | 'parts'>) => Promise<unknown>;
  /** The text for a failure. */
  explain: (error: unknown) => string;
  now: () => number;
}

const randomBytes = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size));

/** The replies of one conversation. They are sent one after the other; when one fails, those after it wait. */
export class Outbox {
  /** Called after each change. */
  onChanged: () => void = () => undefined;
  readonly #options: OutboxOptions;
  #replies: readonly Outgoing[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Those that are not known to be part of the conversation yet, oldest first. */
  get replies(): readonly Outgoing[] {
    return this.#replies;
  }

  /** The one that was not sent; undefined: there is none. */
  get failed(): FailedReply | undefined {
    return this.#replies.find((reply): reply is FailedReply => 'problem' in reply.state);
  }

  /** Whether a reply may be lost when the page is closed now. */
  get hasUnsent(): boolean {
    return this.#replies.some(({ state }) => state.kind !== 'sent');
  }

  /** Sends a reply after those before it. */
  add(parts: readonly UserPart[]): void {
    const reply: Outgoing = {
      ...{ messageId: mintMessageId(randomBytes), parts, atMs: this.#options.now() },
      state: { kind: 'waiting' },
    };
    this.#change([...this.#replies, reply]);
    void this.#sendNext();
  }

  /** Sends the one that failed again, under the same id. */
  again(): void {
    const { failed } = this;
    if (failed === undefined) return;
    this.#setState(failed.messageId, { kind: 'waiting' });
    void this.#sendNext();
  }

  /** Takes the one that failed out. Those after it are sent. @returns its parts; undefined: none has failed */
  takeBack(): readonly UserPart[] | undefined {
    const { failed } = this;
    if (failed === undefined) return undefined;
    this.#change(this.#replies.filter((reply) => reply !== failed));
    void this.#sendNext();
    return failed.parts;
  }

  /** Forgets the replies that the conversation has, also one whose answer was lost on its way back. */
  seen(messages: readonly Pick<Message, 'id'>[]): void {
    if (this.#replies.length === 0) return;
    const ids = new Set(messages.map(({ id }) => id));
    const left = this.#replies.filter(({ messageId }) => !ids.has(messageId));
    if (left.length === this.#replies.length) return;
    this.#change(left);
    void this.#sendNext();
  }

  async #sendNext(): Promise<void> {
    const next = this.#replies.find(({ state }) => state.kind !== 'sent');
    if (next?.state.kind !== 'waiting') return;
    const { messageId, parts } = next;
    this.#setState(messageId, { kind: 'sending' });
    try {
      await this.#options.send({ messageId, parts });
      this.#setState(messageId, { kind: 'sent' });
    } catch (error) {
      this.#setState(messageId, { kind: kindOf(error), problem: this.#options.explain(error) });
    }
    void this.#sendNext();
  }

  #setState(id: MessageId, state: SendingState): void {
    this.#change(this.#replies.map((reply) => (reply.messageId === id ? { ...reply, state } : reply)));
  }

  #change(replies: readonly Outgoing[]): void {
    this.#replies = replies;
    this.onChanged();
  }
}

/** After no answer, or one of a gateway in trouble, nobody knows whether it was stored: it must not be written anew under another id. */
const kindOf = (error: unknown): 'failed' | 'refused' =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 401
    ? 'refused'
    : 'failed';
