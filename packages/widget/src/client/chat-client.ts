/** Implements the public `Chat` interface over one ChatSession, and keeps the tabs of the browser in sync. */
import {
  ChatError,
  type ConversationId,
  type Feedback,
  type MessageId,
  type UserPart,
} from '@rivulet/protocol';
import { createBrowserEnvironment } from './environment/browser-environment.ts';
import type {
  Chat,
  ChatAccess,
  ChatDesk,
  ChatEvents,
  ChatSnapshot,
  PageTool,
  SendOptions,
  SharedState,
  TokenSource,
} from './chat.ts';
import { ChatSession } from './chat-session.ts';
import type { ChatClientOptions } from './connection/session-options.ts';
import { regenerate } from './conversation/regenerate.ts';
import { sendParts } from './conversation/send-parts.ts';
import { stopAnswer } from './conversation/stop-answer.ts';
import { TabSync } from './tabs/index.ts';
import { allowStorage } from './identity/stored-visitor.ts';
import { createFallbackTransport } from './transports/fallback-transport.ts';
import { namingTools } from './conversation/tool-names.ts';
import { checkParts } from './conversation/user-parts.ts';

/** Time for the upgrade and one round trip. After it, something between client and gateway is assumed to drop the traffic. */
const WELCOME_TIMEOUT_MS = 4000;

/**
 * Creates a chat client. It connects on the first `connect()` or message.
 * @throws {TypeError} `gateway` is not an absolute URL
 */
export function createChatClient(options: ChatClientOptions): Chat {
  return new ChatClient(options);
}

/** The implementation behind `createChatClient`. */
export class ChatClient implements Chat {
  readonly #session: ChatSession;
  readonly #tabSync: TabSync;
  #endTools: () => void = () => undefined;
  /** Set while the identity code is being loaded: the first `hello` waits for it. */
  #pendingImport: Promise<unknown> | undefined;
  readonly #place: { gateway: string; site: string };

  constructor(options: ChatClientOptions) {
    const environment = options.environment ?? createBrowserEnvironment();
    const { gateway, site } = options;
    this.#place = { gateway, site };
    this.#session = new ChatSession({
      gateway,
      site,
      environment,
      transport: options.transport ?? createFallbackTransport({ ...options, environment }),
      welcomeTimeoutMs: options.welcomeTimeoutMs ?? WELCOME_TIMEOUT_MS,
      conversationStarted: (conversationId) => {
        const { key: identityKey } = this.#session.identity;
        this.#tabSync.publish({ kind: 'begun', conversationId, identityKey });
      },
      tellTabs: (message) => {
        this.#tabSync.publish(message);
      },
    });
    const { storage, emitter, outbox } = this.#session;
    this.#tabSync = new TabSync({
      environment,
      storage,
      gateway,
      site,
      draft: (text) => {
        emitter.emit('draft', { text });
      },
      shared: (shared) => {
        emitter.emit('shared', { shared });
      },
      logout: () => {
        this.#logout();
      },
      identify: (identityKey) => {
        this.#session.renewal?.otherTabIdentified(identityKey);
      },
      acted: () => {
        this.allowStorage();
      },
      conversationStarted: (conversationId, identityKey) => {
        if (identityKey === this.#session.identity.key) this.#follow(conversationId);
      },
      gone: outbox.discard,
      queued: this.#session.adoptQueued,
      restored: () => {
        this.#follow(this.#session.identity.conversationId);
      },
    });
    this.#tabSync.enter();
  }

  get snapshot(): ChatSnapshot {
    return this.#session.source.snapshot;
  }

  get draft(): string {
    return this.#tabSync.draft;
  }

  set draft(draft: string) {
    this.#tabSync.share({ draft });
  }

  get shared(): SharedState {
    return this.#tabSync.shared;
  }

  share(change: SharedState): void {
    this.#tabSync.share(change);
  }

  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    return this.#session.source.subscribe(listener);
  }

  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void {
    return this.#session.emitter.on(name, handler);
  }

  connect(): void {
    this.#tabSync.enter();
    const { connection } = this.#session;
    const connect = (): void => {
      connection.connect();
    };
    // Wait for `identify()`, so that the first hello carries the token.
    if (this.#pendingImport === undefined) connect();
    else void this.#pendingImport.then(connect, connect);
  }

  retryConnection(): void {
    this.#session.connection.retry();
  }

  async sendMessage(
    content: string | readonly UserPart[],
    options: SendOptions = {},
  ): Promise<{ messageId: MessageId }> {
    const parts = checkParts(content);
    this.allowStorage();
    this.connect();
    return sendParts(this.#session, parts, options);
  }

  stop(): Promise<void> {
    return stopAnswer(this.#session);
  }

  async retry(messageId: MessageId): Promise<void> {
    const resent = this.#session.outbox.retry(messageId);
    if (resent === undefined) await this.regenerate(messageId);
    else await resent;
  }

  regenerate(messageId: MessageId): Promise<void> {
    this.connect();
    return regenerate(this.#session, messageId);
  }

  async edit(
    replacesId: MessageId,
    content: string | readonly UserPart[],
  ): Promise<{ messageId: MessageId }> {
    this.allowStorage();
    this.connect();
    const { editMessage } = await import('./conversation/edit-message.ts');
    return editMessage(this.#session, replacesId, content);
  }

  async approve(callId: string, decision: 'approve' | 'refuse', input?: unknown): Promise<void> {
    const { sendApproval } = await import('./conversation/response-commands.ts');
    return sendApproval(this.#session, { callId, decision, input });
  }

  async offerTools(tools: readonly PageTool[]): Promise<void> {
    const session = this.#session;
    const prepare = namingTools(session, tools);
    session.connection.prepare = prepare;
    this.#endTools();
    this.#endTools = () => undefined;
    if (tools.length === 0) return;
    const { performTools } = await import('./conversation/tools.ts');
    if (session.connection.prepare === prepare) this.#endTools = performTools(session, tools);
  }

  async sendFeedback(messageId: MessageId, value: Feedback['value'] | null, comment?: string): Promise<void> {
    const { sendFeedback } = await import('./conversation/response-commands.ts');
    return sendFeedback(this.#session, { messageId, value, comment });
  }

  async desk(): Promise<ChatDesk> {
    this.connect();
    const { createChatDesk } = await import('./conversation/chat-desk.ts');
    return createChatDesk(this.#session);
  }

  allowStorage(): void {
    allowStorage(this.#session);
  }

  get access(): ChatAccess {
    const { identity, environment } = this.#session;
    return { ...this.#place, token: identity.token, fetch: environment.fetch };
  }

  withdraw(messageId: MessageId): readonly UserPart[] | undefined {
    return this.#session.outbox.withdraw(messageId);
  }

  discard(messageId: MessageId): void {
    this.#session.outbox.discard(messageId);
  }

  newConversation(): void {
    const { identity, current, awaited, outbox } = this.#session;
    outbox.release(current.id);
    identity.forgetConversation();
    awaited.clear();
    current.switchTo(this.#session.emptyOpening());
  }

  openConversation(id: ConversationId): void {
    this.connect();
    this.#session.awaited.clear();
    this.#show(id, 'same');
  }

  async identify(token: TokenSource): Promise<void> {
    const session = this.#session;
    const identityVersion = (session.identityVersion += 1);
    const pendingImport = import('./identity/site-identity.ts');
    this.#pendingImport = pendingImport;
    const { identify } = await pendingImport;
    this.#pendingImport = undefined;
    // Otherwise a later identify() or logout() has replaced this call while the code was loading.
    if (identityVersion === session.identityVersion)
      await identify(session, token, (identityKey) => {
        this.#tabSync.publish({ kind: 'identify', identityKey });
      });
  }

  logout(): Promise<void> {
    this.#tabSync.publish({ kind: 'logout' });
    this.#logout();
    return Promise.resolve();
  }

  close(): void {
    void this.offerTools([]);
    this.#tabSync.leave();
    this.#session.close();
  }

  #logout(): void {
    const { identity, storage, outbox, current, awaited } = this.#session;
    this.#session.close();
    outbox.clear(new ChatError('interrupted', { message: 'The visitor logged out.' }));
    identity.logout();
    awaited.clear();
    storage.wipe();
    this.#tabSync.forget();
    current.switchTo(this.#session.emptyOpening());
  }

  /** Shows a conversation that was started in another tab, if nothing was sent in this one. */
  #follow(conversationId: ConversationId | undefined): void {
    const { identity, storage } = this.#session;
    const { token } = identity;
    storage.reload();
    if (conversationId === undefined || !this.#session.isUntouched) return;
    // If the tabs have separate connections, this one may have been opened with another visitor token.
    this.#show(conversationId, identity.token === token ? 'same' : 'other');
  }

  /** Switches to a conversation. @param visitor whether the open connection belongs to the visitor who owns it */
  #show(id: ConversationId, visitor: 'same' | 'other'): void {
    const { identity, current, connection, outbox } = this.#session;
    if (id !== current.id) outbox.release(current.id);
    identity.keepConversation(id);
    current.switchTo({ id, isStarted: true });
    // A hello that was sent already does not name this conversation: reconnect.
    if (connection.state.kind === 'open' && visitor === 'same') current.subscribe();
    else connection.restart();
  }
}
