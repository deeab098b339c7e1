/** The headless client: a person's intents, over one ChatSession. */
import {
  ChatError,
  MAX_COMMAND_FRAME_BYTES,
  mintMessageId,
  mintRunId,
  runningMessages,
  type CommandOf,
  type MessageId,
  type RunId,
  type UserPart,
} from '@rivulet/protocol';
import { createBrowserEnvironment } from './browser-environment.ts';
import type { Chat, ChatEvents, ChatSnapshot, SendOptions } from './chat.ts';
import { ChatSession } from './chat-session.ts';
import type { Environment } from './environment.ts';
import type { Transport } from './transports/transport.ts';
import { createWebSocketTransport } from './transports/websocket.ts';

/** An upgrade and one round trip; past it something in between swallows the line. */
const WELCOME_TIMEOUT_MS = 4000;
/** What a command is, beside the parts of its message. */
const COMMAND_OVERHEAD_BYTES = 512;

export interface ChatClientOptions {
  /** Where the gateway is, absolute, e.g. `https://chat.example.com`; a base path is kept. */
  gateway: string;
  site: string;
  /** From opening a line to its `welcome`; 4000 when absent. */
  welcomeTimeoutMs?: number;
  /** The browser when absent. */
  environment?: Environment;
  /** WebSocket when absent. */
  transport?: Transport;
}

/** A chat that connects when it is asked to. @throws {TypeError} when `gateway` is not an absolute URL. */
export function createChatClient(options: ChatClientOptions): Chat {
  return new ChatClient(options);
}

export class ChatClient implements Chat {
  readonly #session: ChatSession;

  constructor(options: ChatClientOptions) {
    const environment = options.environment ?? createBrowserEnvironment();
    this.#session = new ChatSession({
      gateway: options.gateway,
      site: options.site,
      environment,
      transport: options.transport ?? createWebSocketTransport(options.gateway, environment),
      welcomeTimeoutMs: options.welcomeTimeoutMs ?? WELCOME_TIMEOUT_MS,
    });
  }

  get snapshot(): ChatSnapshot {
    return this.#session.source.snapshot;
  }

  get draft(): string {
    return this.#session.storage.get('draft') ?? '';
  }

  set draft(text: string) {
    if (text === '') this.#session.storage.remove('draft');
    else this.#session.storage.set('draft', text);
  }

  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void {
    return this.#session.source.subscribe(listener);
  }

  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void {
    return this.#session.emitter.on(name, handler);
  }

  connect(): void {
    this.#session.connection.connect();
  }

  async sendMessage(
    content: string | readonly UserPart[],
    { parentId }: SendOptions = {},
  ): Promise<{ messageId: MessageId }> {
    const parts: UserPart[] = typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
    checkParts(parts);
    const { storage, environment, outbox, current } = this.#session;
    storage.permit();
    this.connect();
    const { messageId } = await outbox.add({
      conversationId: current.id,
      messageId: mintMessageId(environment.random),
      parts,
      ...(parentId === undefined ? {} : { parentId }),
    });
    return { messageId };
  }

  async stop(): Promise<void> {
    const { current, awaited, outbox } = this.#session;
    const conversationId = current.id;
    const runIds = new Set<RunId>(awaited);
    for (const { run } of runningMessages(current.conversation)) if (run !== undefined) runIds.add(run.id);
    if (runIds.size > 0) {
      await Promise.all([...runIds].map((runId) => this.#abort({ conversationId, runId })));
      return;
    }
    if (outbox.takeBack(conversationId) > 0) return;
    const onItsWay = outbox.letters.findLast(({ command }) => command.conversationId === conversationId);
    if (onItsWay === undefined) return;
    // An abort of a message that the gateway does not have would be lost: so first the one, then the other.
    const taken = await outbox.outcome(onItsWay.command.messageId);
    if (taken !== undefined)
      await this.#abort({ conversationId, ...(taken.runId === undefined ? taken : { runId: taken.runId }) });
  }

  async retry(messageId: MessageId): Promise<void> {
    const resent = this.#session.outbox.retry(messageId);
    if (resent === undefined) await this.regenerate(messageId);
    else await resent;
  }

  async regenerate(messageId: MessageId): Promise<void> {
    const { current, environment, requests, awaited, source } = this.#session;
    const runId = mintRunId(environment.random);
    const id = this.#session.mintCommandId();
    this.connect();
    awaited.add(runId);
    source.changed();
    try {
      await requests.ask({ type: 'regenerate', id, conversationId: current.id, messageId, runId });
    } catch (error) {
      awaited.delete(runId);
      source.changed();
      throw error;
    }
  }

  discard(messageId: MessageId): void {
    this.#session.outbox.discard(messageId);
  }

  newConversation(): void {
    const { identity, current, awaited } = this.#session;
    identity.forgetConversation();
    awaited.clear();
    current.switchTo(this.#session.emptyOpening());
  }

  async identify(token: string): Promise<void> {
    const { identity, storage, current, connection } = this.#session;
    const wasIdentified = identity.isIdentified;
    storage.permit();
    identity.identify(token);
    const stored = identity.conversationId;
    if (!wasIdentified && stored !== undefined && stored !== current.id)
      current.switchTo({ id: stored, isBegun: true });
    const { state } = connection;
    if (state.kind === 'idle' || (state.kind === 'closed' && state.reason === 'asked')) return;
    const welcomed = this.#session.welcomedNext();
    connection.restart();
    await welcomed;
  }

  logout(): Promise<void> {
    const { identity, storage, outbox, current, awaited } = this.#session;
    this.close();
    outbox.clear(new ChatError('interrupted', { message: 'The visitor has logged out.' }));
    identity.logout();
    awaited.clear();
    storage.wipe();
    current.switchTo(this.#session.emptyOpening());
    return Promise.resolve();
  }

  close(): void {
    this.#session.close();
  }

  async #abort(what: Omit<CommandOf<'abort-run'>, 'type' | 'id'>): Promise<void> {
    try {
      await this.#session.requests.ask({ type: 'abort-run', id: this.#session.mintCommandId(), ...what });
    } catch (error) {
      // It ended by itself just now, or the chat did: what was asked for is so.
      if (!(error instanceof ChatError) || !['not-found', 'interrupted'].includes(error.code)) throw error;
    }
  }
}

/** @throws {ChatError} bad-frame, too-large: what the gateway would hang up on must not reach a line. */
function checkParts(parts: readonly UserPart[]): void {
  const isEmpty = parts.every((part) => part.type === 'text' && part.text.trim() === '');
  if (isEmpty) throw new ChatError('bad-frame', { message: 'A message needs some text.' });
  const bytes = new TextEncoder().encode(JSON.stringify(parts)).length;
  if (bytes + COMMAND_OVERHEAD_BYTES > MAX_COMMAND_FRAME_BYTES)
    throw new ChatError('too-large', { message: 'The message is too long; send less.' });
}
