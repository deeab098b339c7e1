/** A chat without a gateway: tests set its snapshot and inspect its calls. */
import {
  emptyConversation,
  type Conversation,
  type FinishReason,
  type Message,
  type MessageId,
  type Part,
  type Run,
  type RunId,
  type UserPart,
} from '@rivulet/protocol';
import type {
  Chat,
  ChatAccess,
  ChatDesk,
  ChatEvents,
  ChatSnapshot,
  SendOptions,
  SharedState,
  TokenSource,
} from '../../client/chat.ts';

type Handler = (detail: never) => void;

/** Fake of `Chat`. It records calls; its snapshot changes through `set` and through the methods that say so. */
export class FakeChat implements Chat {
  /** The text in the composer. */
  draft = '';
  /** The state that tabs share; no event is sent for changes. */
  shared: SharedState = {};
  /** Whether `connect` was called. */
  isConnected = false;
  /** Whether `close` was called. */
  isClosed = false;
  /** The calls in order, for example `send hello`, `stop`, `retry m_…`. */
  readonly calls: string[] = [];
  /** The current snapshot; change it with `set`. */
  snapshot: ChatSnapshot;
  /** If set, `sendMessage`, `edit`, `approve` and what is done with the desk reject with it. */
  rejection: Error | undefined;
  readonly #listeners = new Set<(snapshot: ChatSnapshot) => void>();
  readonly #handlers = new Map<string, Set<Handler>>();
  #count = 0;

  /** @param conversation on screen; empty by default */
  constructor(conversation: Conversation = emptyConversation('c_conversation1' as Conversation['id'], 0)) {
    this.snapshot = {
      status: 'idle',
      closedBecause: null,
      conversation,
      isLoading: false,
      pending: [],
      queued: [],
      isAnswering: false,
      files: undefined,
    };
  }

  /** Changes fields of the snapshot and notifies subscribers at once. */
  set(change: Partial<ChatSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.#listeners) listener(this.snapshot);
  }

  /** Replaces the messages of the conversation. */
  setMessages(messages: Message[]): void {
    this.set({ conversation: { ...this.snapshot.conversation, messages } });
  }

  /** Dispatches an event to its handlers. */
  emit<Name extends keyof ChatEvents>(name: Name, detail: ChatEvents[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(detail as never);
  }

  /** Number of subscribers and event handlers. */
  get listenerCount(): number {
    return this.#listeners.size + [...this.#handlers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Merges a change into the shared state. */
  share(change: SharedState): void {
    this.shared = { ...this.shared, ...change };
  }

  /** Subscribes to the snapshot. @returns a function that unsubscribes */
  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Subscribes to an event. @returns a function that unsubscribes */
  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** Records the first call and goes online. */
  connect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.calls.push('connect');
    this.set({ status: 'online' });
    this.emit('status', { status: 'online' });
  }

  /** Records that an attempt was asked for. */
  retryConnection(): void {
    this.calls.push('retryConnection');
  }

  /** Records a message, adds it to the conversation and waits for an answer; rejects if `rejection` is set. */
  async sendMessage(
    content: Parameters<Chat['sendMessage']>[0],
    { parentId, when }: SendOptions = {},
  ): Promise<{ messageId: MessageId }> {
    const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const verb = when === 'queued' ? 'queue' : 'send';
    this.calls.push(parentId === undefined ? `${verb} ${text}` : `${verb} ${text} after ${parentId}`);
    if (this.rejection !== undefined) throw this.rejection;
    if (when === 'queued') return { messageId: this.queue(content) };
    const message = { ...userMessage(`sent000${++this.#count}`, ''), parts };
    this.setMessages([...this.snapshot.conversation.messages, message]);
    this.set({ isAnswering: true });
    this.emit('message', { message });
    return { messageId: message.id };
  }

  /** Records a stop; no answer is awaited afterwards. */
  async stop(): Promise<void> {
    this.calls.push('stop');
    this.set({ isAnswering: false });
  }

  /** Records a retry. */
  async retry(messageId: MessageId): Promise<void> {
    this.calls.push(`retry ${messageId}`);
  }

  /** Records a regeneration. */
  async regenerate(messageId: MessageId): Promise<void> {
    this.calls.push(`regenerate ${messageId}`);
  }

  /** Records an edit. */
  async edit(messageId: MessageId, content: Parameters<Chat['edit']>[1]): Promise<{ messageId: MessageId }> {
    this.calls.push(`edit ${messageId} ${typeof content === 'string' ? content : ''}`);
    if (this.rejection !== undefined) throw this.rejection;
    return { messageId };
  }

  /** Records a rating. */
  async sendFeedback(messageId: MessageId, value: 'up' | 'down' | null, comment = ''): Promise<void> {
    this.calls.push(`feedback ${messageId} ${value} ${comment}`.trim());
  }

  /** Records a decision on a tool call. */
  async approve(callId: string, decision: 'approve' | 'refuse', input?: unknown): Promise<void> {
    const changed = input === undefined ? '' : ` ${JSON.stringify(input)}`;
    this.calls.push(`${decision} ${callId}${changed}`);
    if (this.rejection !== undefined) throw this.rejection;
  }

  /** Records the names of the offered tools. */
  async offerTools(tools: readonly { name: string }[]): Promise<void> {
    this.calls.push(`offer ${tools.map(({ name }) => name).join(' ')}`);
  }

  /** Records which conversation was opened. */
  openConversation(id: Conversation['id']): void {
    this.calls.push(`openConversation ${id}`);
  }

  /** The token in `access`. */
  token: string | undefined = 'minted';
  /** Records the call; as a tab that uses the connection of another one, the chat has a token afterwards. */
  allowStorage(): void {
    this.calls.push('allowStorage');
    this.token ??= 'minted by another tab';
  }

  /** Access with a token and the `fetch` of the test. */
  get access(): ChatAccess {
    return { gateway: 'https://chat.test', site: 'demo', token: this.token, fetch: this.fetch };
  }

  /** Rejects; tests that answer HTTP requests replace it. */
  fetch: ChatAccess['fetch'] = () =>
    Promise.reject(new Error('unexpected request: replace FakeChat.fetch in the test'));

  /** Adds a queued message to the snapshot. */
  queue(content: Parameters<Chat['sendMessage']>[0]): MessageId {
    const parts: readonly UserPart[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const id = messageId(`queued00${++this.#count}`);
    const pending = { messageId: id, parts, createdAtMs: 0, state: 'waiting' } as const;
    this.set({ queued: [...this.snapshot.queued, pending] });
    return id;
  }

  /** Records the call and takes the message out of the snapshot. */
  withdraw(messageId: MessageId): readonly UserPart[] | undefined {
    this.calls.push(`withdraw ${messageId}`);
    const { queued } = this.snapshot;
    this.set({ queued: queued.filter((one) => one.messageId !== messageId) });
    return queued.find((one) => one.messageId === messageId)?.parts;
  }

  /** Records what is done with the desk. */
  async desk(): Promise<ChatDesk> {
    return {
      setTyping: (isTyping) => {
        this.calls.push(`typing ${isTyping}`);
      },
      requestPerson: async () => {
        this.calls.push('requestPerson');
        if (this.rejection !== undefined) throw this.rejection;
      },
      leaveAddress: async ({ name, email, hasConsented }) => {
        this.calls.push(`leaveAddress ${name} ${email} ${hasConsented}`);
        if (this.rejection !== undefined) throw this.rejection;
      },
    };
  }

  /** Records a discarded message. */
  discard(messageId: MessageId): void {
    this.calls.push(`discard ${messageId}`);
  }

  /** Records the call and shows an empty conversation. */
  newConversation(): void {
    this.calls.push('newConversation');
    this.set({
      conversation: emptyConversation('c_conversation2' as Conversation['id'], 0),
      pending: [],
      isAnswering: false,
    });
  }

  /** Records an identity. */
  async identify(token: TokenSource): Promise<void> {
    this.calls.push(`identify ${typeof token === 'string' ? token : await token()}`);
  }

  /** Records a logout. */
  async logout(): Promise<void> {
    this.calls.push('logout');
  }

  /** Records that the chat was closed. */
  close(): void {
    this.isClosed = true;
  }
}

/** Creates a message of the visitor. @param name the id without its prefix: 8 or more letters and digits */
export const userMessage = (name: string, text: string, parentId: MessageId | null = null): Message => ({
  id: messageId(name),
  role: 'user',
  parentId,
  parts: [{ type: 'text', text }],
  createdAtMs: 0,
});

/** Options of `answer`. */
export interface AnswerOptions {
  /** Why the answer ended; absent while it streams. */
  reason?: FinishReason;
  /** The error of a failed answer. */
  error?: NonNullable<Run['error']>;
  /** The message that is answered. Default: `m_ask` and the name of the answer. */
  parentId?: MessageId;
}

/** Creates a message of the assistant from Markdown or from parts. @param name as in `userMessage` */
export function answer(name: string, content: string | Part[], options: AnswerOptions = {}): Message {
  const { reason, error, parentId = messageId(`ask${name}`) } = options;
  const run: Run = {
    id: `r_${name}` as RunId,
    state: reason === undefined ? 'running' : 'finished',
    startedAtMs: 0,
  };
  if (reason !== undefined) run.reason = reason;
  if (error !== undefined) run.error = error;
  const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return { id: messageId(name), role: 'assistant', parentId, parts, createdAtMs: 0, run };
}

/** Creates the message id for a name. */
export const messageId = (name: string): MessageId => `m_${name}` as MessageId;
