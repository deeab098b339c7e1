/**
 * Stands in for the chat until the visitor has given consent. It opens no connection, uses no storage and does not
 * contact other tabs.
 */
import {
  ChatError,
  emptyConversation,
  type ConversationId,
  type MessageId,
  type UserPart,
} from '@rivulet/protocol';
import type {
  Chat,
  ChatAccess,
  ChatDesk,
  ChatSnapshot,
  SendOptions,
  SharedState,
  TokenSource,
} from '../../client/chat.ts';

interface Waiting<Result> {
  resolve: (result: Result) => void;
  reject: (error: ChatError) => void;
}

/** Dependencies of a queued chat. */
export interface QueuedChatOptions {
  /** Asks the visitor for consent. */
  ask: () => void;
  /** Creates a real chat for the same gateway and site. */
  create: () => Chat;
  /** Gateway and site of the chat. */
  place: Pick<ChatAccess, 'gateway' | 'site'>;
}

const SNAPSHOT: ChatSnapshot = {
  status: 'idle',
  closedBecause: null,
  conversation: emptyConversation('c_held' as ConversationId, 0), // never sent
  isLoading: false,
  pending: [],
  queued: [],
  isAnswering: false,
  files: undefined,
};

const noop = (): undefined => undefined;
const resolved = (): Promise<void> => Promise.resolve();
/** For commands about a message: an empty chat has none. */
const rejectNotFound = (): Promise<never> => Promise.reject(new ChatError('not-found'));

/**
 * Queues the commands that make sense in an empty chat; all others do nothing. After consent it forwards to the real
 * chat, for whoever still holds a reference to it.
 */
export class QueuedChat implements Chat {
  /** Text of the composer. Handed to the real chat. */
  draft = '';
  /** Empty: nothing is shared with other tabs. */
  readonly shared: SharedState = {};
  readonly #options: QueuedChatOptions;
  #chat: Chat | undefined;
  // Bounded by the calls of the page.
  #identities: (Waiting<Promise<void>> & { token: TokenSource })[] = [];
  #queue: Waiting<Chat>[] = [];

  constructor(options: QueuedChatOptions) {
    this.#options = options;
  }

  /** Empty, or the snapshot of the real chat. */
  get snapshot(): ChatSnapshot {
    return this.#chat?.snapshot ?? SNAPSHOT;
  }

  /** Does nothing before consent. */
  retryConnection(): void {
    this.#chat?.retryConnection();
  }

  /** Nothing is queued before consent. */
  withdraw(messageId: MessageId): readonly UserPart[] | undefined {
    return this.#chat?.withdraw(messageId);
  }

  /** Access without a token, or the one of the real chat. */
  get access(): ChatAccess {
    return this.#chat?.access ?? { ...this.#options.place, token: undefined, fetch: rejectNotFound };
  }

  /**
   * Hands everything queued to the real chat after consent. Identities are set synchronously, before the connection is
   * opened; messages follow in order.
   */
  release(chat: Chat): void {
    this.#chat = chat;
    if (this.draft !== '') chat.draft = this.draft;
    for (const { token, resolve } of this.#identities.splice(0)) resolve(chat.identify(token));
    for (const { resolve } of this.#queue.splice(0)) resolve(chat);
  }

  /** Rejects all queued commands. */
  rejectQueued(error: ChatError): void {
    for (const { reject } of [...this.#identities.splice(0), ...this.#queue.splice(0)]) reject(error);
  }

  /** Asks for consent, and connects once it was given. */
  connect(): void {
    this.#options.ask();
    // Asking may have found that consent is not required any more.
    this.#chat?.connect();
  }

  /** Subscribes to the real chat once there is one. */
  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    let end: () => void = noop;
    let isOver = false;
    void this.#agreed().then((chat) => {
      if (isOver) return;
      end = chat.subscribe(listener);
      listener(chat.snapshot);
    }, noop);
    return () => {
      isOver = true;
      end();
    };
  }

  /** There are no events before consent. */
  on(): () => void {
    return noop;
  }

  /** Queues a message. */
  async sendMessage(...given: [content: Parameters<Chat['sendMessage']>[0], options?: SendOptions]) {
    return (await this.#agreed()).sendMessage(...given);
  }

  /** Queues an identity. */
  identify(token: TokenSource): Promise<void> {
    return new Promise((resolve, reject) => this.#identities.push({ token, resolve, reject }));
  }

  /** Rejects what is queued, and logs out with a real chat, because an earlier page may have stored something. */
  async logout(): Promise<void> {
    this.rejectQueued(new ChatError('interrupted', { message: 'The visitor logged out.' }));
    const chat = this.#options.create();
    await chat.logout();
    chat.close();
  }

  /** Rejects what is queued, unless the chat is released in the same microtask. */
  close(): void {
    queueMicrotask(() => {
      this.rejectQueued(new ChatError('interrupted', { message: 'The chat was closed.' }));
    });
  }

  /** Stores nothing before consent. */
  allowStorage(): void {
    this.#chat?.allowStorage();
  }

  /** Nothing is shared before consent. */
  share = noop;
  /** There is nothing to discard. */
  discard = noop;
  /** The conversation is empty already. */
  newConversation = noop;
  /** The menu that lists conversations asks for consent itself. */
  openConversation = noop;
  /** There is nothing to stop. */
  stop = resolved;
  /** Tools are offered again to each chat. */
  offerTools = resolved;
  /** Rejects with `not-found`. */
  retry = rejectNotFound;
  /** Rejects with `not-found`. */
  regenerate = rejectNotFound;
  /** Rejects with `not-found`. */
  edit = rejectNotFound;
  /** Rejects with `not-found`. */
  approve = rejectNotFound;
  /** Rejects with `not-found`. */
  sendFeedback = rejectNotFound;

  /** That of the real chat. */
  async desk(): Promise<ChatDesk> {
    return (await this.#agreed()).desk();
  }

  #agreed(): Promise<Chat> {
    return new Promise((resolve, reject) => this.#queue.push({ resolve, reject }));
  }
}
