/** A chat without a gateway: tests and the development page set its snapshot and see what was asked of it. */
import {
  emptyConversation,
  type Conversation,
  type FinishReason,
  type Message,
  type MessageId,
  type Part,
  type Run,
  type RunId,
} from '@rivulet/protocol';
import type {
  Chat,
  ChatAccess,
  ChatEvents,
  ChatSnapshot,
  SendOptions,
  SharedState,
  TokenSource,
} from '../../client/chat.ts';

type Handler = (detail: never) => void;

export class FakeChat implements Chat {
  draft = '';
  shared: SharedState = {};
  isConnected = false;
  isClosed = false;
  /** What was asked, in order: `send hello`, `stop`, `retry m_…`. */
  readonly asked: string[] = [];
  snapshot: ChatSnapshot;
  /** When set, `sendMessage` rejects with it. */
  rejection: Error | undefined;
  readonly #listeners = new Set<(snapshot: ChatSnapshot) => void>();
  readonly #handlers = new Map<string, Set<Handler>>();
  #count = 0;

  constructor(conversation: Conversation = emptyConversation('c_conversation1' as Conversation['id'], 0)) {
    this.snapshot = {
      status: 'idle',
      closedBecause: null,
      conversation,
      isLoading: false,
      pending: [],
      isAnswering: false,
      files: undefined,
    };
  }

  /** Changes the snapshot and tells the subscribers. */
  set(change: Partial<ChatSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.#listeners) listener(this.snapshot);
  }

  setMessages(messages: Message[]): void {
    this.set({ conversation: { ...this.snapshot.conversation, messages } });
  }

  emit<Name extends keyof ChatEvents>(name: Name, detail: ChatEvents[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(detail as never);
  }

  get listenerCount(): number {
    return this.#listeners.size + [...this.#handlers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  share(change: SharedState): void {
    this.shared = { ...this.shared, ...change };
  }

  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  connect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.asked.push('connect');
    this.set({ status: 'online' });
    this.emit('status', { status: 'online' });
  }

  async sendMessage(
    content: Parameters<Chat['sendMessage']>[0],
    { parentId }: SendOptions = {},
  ): Promise<{ messageId: MessageId }> {
    const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    this.asked.push(parentId === undefined ? `send ${text}` : `send ${text} after ${parentId}`);
    if (this.rejection !== undefined) throw this.rejection;
    const message = { ...userMessage(`sent000${++this.#count}`, ''), parts };
    this.setMessages([...this.snapshot.conversation.messages, message]);
    this.set({ isAnswering: true });
    this.emit('message', { message });
    return { messageId: message.id };
  }

  async stop(): Promise<void> {
    this.asked.push('stop');
    this.set({ isAnswering: false });
  }

  async retry(messageId: MessageId): Promise<void> {
    this.asked.push(`retry ${messageId}`);
  }

  async regenerate(messageId: MessageId): Promise<void> {
    this.asked.push(`regenerate ${messageId}`);
  }

  async edit(messageId: MessageId, content: Parameters<Chat['edit']>[1]): Promise<{ messageId: MessageId }> {
    this.asked.push(`edit ${messageId} ${typeof content === 'string' ? content : ''}`);
    if (this.rejection !== undefined) throw this.rejection;
    return { messageId };
  }

  async sendFeedback(messageId: MessageId, value: 'up' | 'down' | null, comment = ''): Promise<void> {
    this.asked.push(`feedback ${messageId} ${value} ${comment}`.trim());
  }

  async approve(callId: string, decision: 'approve' | 'refuse', input?: unknown): Promise<void> {
    const changed = input === undefined ? '' : ` ${JSON.stringify(input)}`;
    this.asked.push(`${decision} ${callId}${changed}`);
    if (this.rejection !== undefined) throw this.rejection;
  }

  async offerTools(tools: readonly { name: string }[]): Promise<void> {
    this.asked.push(`offer ${tools.map(({ name }) => name).join(' ')}`);
  }

  openConversation(id: Conversation['id']): void {
    this.asked.push(`openConversation ${id}`);
  }

  get access(): ChatAccess {
    return { gateway: 'https://chat.test', site: 'demo', token: 'minted', fetch: this.fetch };
  }

  /** What requests beside the line are answered with. */
  fetch: ChatAccess['fetch'] = () => Promise.reject(new Error('this test answers no request'));

  discard(messageId: MessageId): void {
    this.asked.push(`discard ${messageId}`);
  }

  newConversation(): void {
    this.asked.push('newConversation');
    this.set({
      conversation: emptyConversation('c_conversation2' as Conversation['id'], 0),
      pending: [],
      isAnswering: false,
    });
  }

  async identify(token: TokenSource): Promise<void> {
    this.asked.push(`identify ${typeof token === 'string' ? token : await token()}`);
  }

  async logout(): Promise<void> {
    this.asked.push('logout');
  }

  close(): void {
    this.isClosed = true;
  }
}

/** `name` is 8 or more letters and digits. */
export const userMessage = (name: string, text: string, parentId: MessageId | null = null): Message => ({
  id: messageId(name),
  role: 'user',
  parentId,
  parts: [{ type: 'text', text }],
  createdAtMs: 0,
});

export interface AnswerOptions {
  /** Absent: it is still being written. */
  reason?: FinishReason;
  error?: NonNullable<Run['error']>;
  parentId?: MessageId;
}

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

export const messageId = (name: string): MessageId => `m_${name}` as MessageId;
