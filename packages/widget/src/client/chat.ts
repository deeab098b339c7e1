/**
 * The public interface of the headless client: an immutable snapshot for state, methods for actions, events for what happens.
 */
import type {
  ChatError,
  Conversation,
  ConversationId,
  ConversationOwner,
  ErrorBody,
  EventOf,
  Feedback,
  FinishReason,
  Message,
  MessageId,
  RunId,
  UserPart,
} from '@rivulet/protocol';

/**
 * The public connection status. `idle`: not connected and no attempt was requested. `connecting`: the first attempts.
 * `online`: the gateway sent `welcome`. `reconnecting`: a connection that worked was lost and an attempt runs or is scheduled.
 * `unreachable`: the first attempts have failed; more follow. `offline`: no network, or the gateway refused the client for good.
 */
export type ChatStatus = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'unreachable' | 'offline';

/** A message of the visitor that is in the outbox: the gateway has not accepted it yet. */
export interface PendingMessage {
  /** Minted by the client; the message keeps it when the gateway accepts it. */
  messageId: MessageId;
  parts: readonly UserPart[];
  /** By this device's clock, in milliseconds since 1970. */
  createdAtMs: number;
  /**
   * `waiting`: to be sent on the next connection. `sending`: sent, not acknowledged. `failed`: rejected; `error` holds the
   * reason.
   */
  state: 'waiting' | 'sending' | 'failed';
  /** The last rejection. Also set while the message waits to be sent again. */
  error?: ErrorBody;
  /**
   * When a waiting message that was `rate-limited` is sent again, in milliseconds since 1970 by this device's clock. Absent: with the
   * next connection.
   */
  retryAtMs?: number;
}

/** The limits of the gateway for one attached file. */
export interface FileLimits {
  /** The size limit of one file, in bytes. */
  maxBytes: number;
  /** Allowed media types, compared exactly with the `type` of the file. */
  mediaTypes: readonly string[];
}

/** The state of the chat at one moment. Immutable: parts that did not change keep their reference, so compare with `===`. */
export interface ChatSnapshot {
  /** The public connection status. */
  status: ChatStatus;
  /**
   * Why nothing can be sent: the gateway refused the client for good (origin, token, protocol version), or the site is switched off
   * (`site-disabled`, with the text of the site as its message, or an empty one). null otherwise.
   */
  closedBecause: ErrorBody | null;
  /** The conversation on screen; empty before the first message and while a stored one is loading. */
  conversation: Conversation;
  /** Whether a stored conversation has not arrived yet. */
  isLoading: boolean;
  /** Messages of this conversation that are not in `conversation` yet, in sending order. */
  pending: readonly PendingMessage[];
  /** Messages of this conversation that wait until no answer is being written, in sending order. */
  queued: readonly PendingMessage[];
  /** Whether an answer is being written, or was requested and has not started. */
  isAnswering: boolean;
  /** What may be attached. null: the gateway accepts no files. undefined: not known before the first `welcome`. */
  files: FileLimits | null | undefined;
  /**
   * The optional features of the gateway for this site, e.g. `request-person`. undefined: not known before the first `welcome`.
   * @see PROTOCOL.md §2
   */
  capabilities?: readonly string[] | undefined;
  /**
   * false while the gateway cannot share what it sends with the other gateways of the service: the conversation goes on, but a client that
   * connects to another gateway does not see the newest part of it before this one has caught up. undefined: it can.
   */
  isResumable?: boolean | undefined;
}

/** Events of `Chat.on`: the name and the type of the detail. */
export interface ChatEvents {
  /** The public connection status changed. */
  status: { status: ChatStatus };
  /** A message was added to the conversation: accepted from the visitor, or an answer that is complete. Not sent for deltas. */
  message: { message: Message };
  /** An answer started. */
  'run-start': { runId: RunId; messageId: MessageId };
  /** An answer ended. `text` is its whole text so far, also when it was stopped or failed. */
  'run-end': { runId: RunId; reason: FinishReason; text: string; error?: ErrorBody | undefined };
  /** Somebody else answers from now on, or the visitor has left an address. Not sent for what a stored conversation begins with. */
  'owner-change': { owner: ConversationOwner };
  /** Something failed that no method call can report, e.g. the gateway refused the connection. */
  error: { error: ChatError };
  /**
   * The draft was changed by another tab or removed by a logout. Not sent for changes of this tab, nor while the visitor
   * types here.
   */
  draft: { text: string };
  /** The shared interface state was changed by another tab or removed by a logout. */
  shared: { shared: SharedState };
  /** Somebody else in the conversation is typing, or has stopped: the visitor in another tab, or the person who answers. */
  typing: Pick<EventOf<'typing'>, 'conversationId' | 'participantId' | 'isTyping'>;
}

/** Interface state that is shared by all tabs of the browser. A field is absent until a tab sets it. */
export interface SharedState {
  /** Whether the panel is open. */
  isOpen?: boolean;
  /** The number of answers that the visitor has not seen. */
  unread?: number;
}

/** Options of `Chat.sendMessage`. */
export interface SendOptions {
  /** The message that the new one follows; null: it starts a thread of its own. Default: the newest message. */
  parentId?: MessageId | null;
  /**
   * `queued`: the message waits in the outbox until no answer is being written in the conversation. It is shown by all tabs as
   * `ChatSnapshot.queued`, survives a reload, and follows the newest message. Default: `now`.
   */
  when?: 'now' | 'queued';
}

/**
 * What a visitor does with the people behind the chat. Who answers is `ChatSnapshot.conversation.owner`: absent until somebody other than
 * the model has been asked for.
 */
export interface ChatDesk {
  /**
   * Tells the person who answers that the visitor is typing, or has stopped. Sent at most once in three seconds, not repeated after a
   * lost connection, and ended after five seconds without a call.
   */
  setTyping(isTyping: boolean): void;
  /**
   * Asks for a person, where `ChatSnapshot.capabilities` has `request-person`. A running answer ends with the text that was shown. Resolves
   * when the gateway has accepted it; `owner` then says to every viewer whether the conversation waits, or who has it. Without a connection it
   * waits, also for a first message that is on its way, and is sent again with the same id until it is answered. Asking again changes
   * nothing. A reload forgets what was not sent.
   * @throws {ChatError} the rejection; not-found: nothing was written in the conversation; unsupported: the site has no desk
   */
  requestPerson(): Promise<void>;
  /**
   * Leaves an address at which the team answers, in a conversation that waits for a person or that a person has. It replaces an earlier one,
   * and is erased with the conversation. Sent like `requestPerson`; `owner.hasAddress` says to every viewer that there is one.
   * @throws {ChatError} the rejection; bad-frame: no e-mail address, or no consent; conflict: the model has the conversation
   */
  leaveAddress(address: VisitorAddress): Promise<void>;
}

/** Where a visitor wants to be answered. */
export interface VisitorAddress {
  name?: string | undefined;
  email: string;
  /** Whether the visitor has agreed that the address is stored. Nothing is sent otherwise. */
  hasConsented: boolean;
}

/** What an HTTP request to the gateway outside the connection needs: history and files. */
export interface ChatAccess {
  /** The gateway's absolute URL. */
  gateway: string;
  /** The id of the site at the gateway. */
  site: string;
  /**
   * Keep it secret: its holder acts as this visitor. undefined: the gateway has not issued one yet, or has issued it to another
   * tab, which has not stored it yet, see `Chat.allowStorage`.
   */
  token: string | undefined;
  /** The `fetch` of the environment. */
  fetch: typeof globalThis.fetch;
}

/** A function of the page that the model may call. */
export interface PageTool {
  /** What the model calls it by; unique among the tools of a page. */
  name: string;
  /** Tells the model what the function does and when to call it. */
  description: string;
  /** A JSON Schema of the input, of type object. */
  parameters: Readonly<Record<string, unknown>>;
  /** Runs in the page. Its return value, awaited, is sent to the model as JSON; a thrown error is sent as its message. */
  handler: (input: unknown) => unknown;
}

/**
 * A signed token of the site's user, or a function that fetches one. The function is called again before the token expires
 * and when the gateway rejects it.
 */
export type TokenSource = string | (() => string | Promise<string>);

/** The headless client of one chat. @see createChatClient */
export interface Chat {
  /** The current state; the same object until something changes. */
  readonly snapshot: ChatSnapshot;
  /** Calls `listener` after changes, at most once per frame. @returns a function that unsubscribes */
  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void;
  /** Adds an event handler. @returns a function that removes it */
  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void;
  /** Opens the connection and keeps it open. Further calls do nothing. */
  connect(): void;
  /** Makes an attempt to connect at once, instead of at the scheduled time or never. */
  retryConnection(): void;
  /**
   * Queues a message and resolves when the gateway has accepted and stored it. While there is no connection it waits in the
   * outbox, which survives a reload.
   * @throws {ChatError} the rejection, e.g. busy, rate-limited, content-blocked; bad-frame: no content; too-large;
   * interrupted: discarded, or the visitor logged out
   */
  sendMessage(
    content: string | readonly UserPart[],
    options?: SendOptions,
  ): Promise<{ messageId: MessageId }>;
  /**
   * Stops the running answer and keeps its text so far, or removes a message that was not sent yet. The next queued message is
   * sent then.
   * @throws {ChatError} the rejection
   */
  stop(): Promise<void>;
  /**
   * Sends a failed message again, or requests a new answer for one that failed or was interrupted.
   * @throws {ChatError} the rejection
   */
  retry(messageId: MessageId): Promise<void>;
  /**
   * Requests another answer to the same message. The earlier answer is kept as an alternative.
   * @throws {ChatError} the rejection
   */
  regenerate(messageId: MessageId): Promise<void>;
  /**
   * Sends a new version of an earlier message of the visitor. The earlier version, and what followed it, is kept as an
   * alternative branch. A string replaces the text and keeps the files. Resolves like `sendMessage`.
   * @throws {ChatError} the rejection; not-found: the visitor has no such message
   */
  edit(messageId: MessageId, content: string | readonly UserPart[]): Promise<{ messageId: MessageId }>;
  /**
   * Approves or refuses a tool call that waits for approval; `input` replaces the arguments of the call.
   * @throws {ChatError} conflict: it no longer waits; bad-frame: `input` does not match the schema
   */
  approve(callId: string, decision: 'approve' | 'refuse', input?: unknown): Promise<void>;
  /**
   * Replaces the functions of the page that the model may call; an empty list removes them. The site's configuration must
   * allow client tools.
   */
  offerTools(tools: readonly PageTool[]): Promise<void>;
  /** Takes a queued message back, in all tabs. @returns its parts, or undefined when it has been sent meanwhile */
  withdraw(messageId: MessageId): readonly UserPart[] | undefined;
  /** What a visitor does with the people behind the chat. Opens the connection. Its code is loaded with the first call. */
  desk(): Promise<ChatDesk>;
  /** Removes a message from the outbox, usually a failed one. */
  discard(messageId: MessageId): void;
  /**
   * Rates an answer; null removes the rating.
   * @throws {ChatError} not-found; busy: the answer is still being written
   */
  sendFeedback(messageId: MessageId, value: Feedback['value'] | null, comment?: string): Promise<void>;
  /** Shows another conversation of this visitor in this tab. If it does not exist any more, an empty one is shown. */
  openConversation(id: ConversationId): void;
  /**
   * Allows the client to store values, as `sendMessage` does. Call it when the visitor acts in another way, e.g. attaches a file:
   * a tab that uses the connection of another one learns the visitor's token through the storage only.
   */
  allowStorage(): void;
  /** The credentials and address for `createHistory` and the file functions. */
  readonly access: ChatAccess;
  /**
   * Shows an empty conversation in this tab; the former one is kept. Other tabs follow only when nothing was sent in them
   * yet.
   */
  newConversation(): void;
  /**
   * Identifies the visitor by a signed token of the site. Tabs whose page has passed a function call it again; the others stay
   * as they are until their page calls `identify`. A fresh token of the same user is passed to the open
   * connection where the gateway supports it; otherwise the client reconnects. Replaces an earlier call.
   * @throws {ChatError} the rejection
   * @throws what the token function throws; it is called again later
   */
  identify(token: TokenSource): Promise<void>;
  /** Removes the identity, the conversation and everything stored, in all tabs. */
  logout(): Promise<void>;
  /** The text in the composer. It survives a reload once the visitor has sent a message. */
  draft: string;
  /** The interface state that all tabs share. */
  readonly shared: SharedState;
  /** Changes some fields of `shared` in all tabs. They survive a reload like the draft. */
  share(change: SharedState): void;
  /** Closes the connection and cancels every timer. May be called twice. */
  close(): void;
}
