/** Stands in for the chat until the visitor has agreed: it has no line, no storage and no word with other tabs to make use of. */
import { ChatError, emptyConversation, type ConversationId } from '@rivulet/protocol';
import type {
  Chat,
  ChatAccess,
  ChatSnapshot,
  SendOptions,
  SharedState,
  TokenSource,
} from '../../client/chat.ts';

interface Waiting<Result> {
  resolve: (result: Result) => void;
  reject: (error: ChatError) => void;
}

export interface HeldChatOptions {
  /** Asks the visitor. */
  ask: () => void;
  /** A real one, of the same place. */
  create: () => Chat;
  place: Pick<ChatAccess, 'gateway' | 'site'>;
}

const SNAPSHOT: ChatSnapshot = {
  status: 'idle',
  closedBecause: null,
  conversation: emptyConversation('c_held' as ConversationId, 0), // never sent
  isLoading: false,
  pending: [],
  isAnswering: false,
  files: undefined,
};

const nothing = (): undefined => undefined;
const done = (): Promise<void> => Promise.resolve();
/** There is no message yet that it could be about. */
const never = (): Promise<never> => Promise.reject(new ChatError('not-found'));

/**
 * What a page or a visitor can ask of an empty chat waits for the answer; all else does nothing. Whoever still has this one
 * afterwards sees the real one through it.
 */
export class HeldChat implements Chat {
  draft = '';
  readonly shared: SharedState = {};
  readonly #options: HeldChatOptions;
  #real: Chat | undefined;
  // As many as the page asks for.
  #named: (Waiting<Promise<void>> & { token: TokenSource })[] = [];
  #waiting: Waiting<Chat>[] = [];

  constructor(options: HeldChatOptions) {
    this.#options = options;
  }

  get snapshot(): ChatSnapshot {
    return this.#real?.snapshot ?? SNAPSHOT;
  }

  get access(): ChatAccess {
    return this.#real?.access ?? { ...this.#options.place, token: undefined, fetch: never };
  }

  /** The visitor has agreed. Who speaks is said at once, before the line is opened; what is sent follows in order. */
  become(real: Chat): void {
    this.#real = real;
    if (this.draft !== '') real.draft = this.draft;
    for (const { token, resolve } of this.#named.splice(0)) resolve(real.identify(token));
    for (const { resolve } of this.#waiting.splice(0)) resolve(real);
  }

  /** What waits, waits in vain. */
  refuse(error: ChatError): void {
    for (const { reject } of [...this.#named.splice(0), ...this.#waiting.splice(0)]) reject(error);
  }

  connect(): void {
    this.#options.ask();
    // It may have turned out that there is nothing to ask any more.
    this.#real?.connect();
  }

  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    let end: () => void = nothing;
    let isOver = false;
    void this.#agreed().then((real) => {
      if (isOver) return;
      end = real.subscribe(listener);
      listener(real.snapshot);
    }, nothing);
    return () => {
      isOver = true;
      end();
    };
  }

  on(): () => void {
    return nothing;
  }

  async sendMessage(...given: [content: Parameters<Chat['sendMessage']>[0], options?: SendOptions]) {
    return (await this.#agreed()).sendMessage(...given);
  }

  identify(token: TokenSource): Promise<void> {
    return new Promise((resolve, reject) => this.#named.push({ token, resolve, reject }));
  }

  /** An earlier page may have stored something. */
  async logout(): Promise<void> {
    this.refuse(new ChatError('interrupted', { message: 'The visitor has logged out.' }));
    const real = this.#options.create();
    await real.logout();
    real.close();
  }

  /** Unless it becomes a real one in this moment. */
  close(): void {
    queueMicrotask(() => {
      this.refuse(new ChatError('interrupted', { message: 'The chat was closed.' }));
    });
  }

  share = nothing;
  discard = nothing;
  newConversation = nothing;
  openConversation = nothing;
  stop = done;
  /** They are offered to each chat anew. */
  offerTools = done;
  retry = never;
  regenerate = never;
  edit = never;
  approve = never;
  sendFeedback = never;

  #agreed(): Promise<Chat> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
