/** What a user interface talks to: state down as one immutable snapshot, intents up as methods, moments as events. */
import type {
  ChatError,
  Conversation,
  ConversationId,
  ErrorBody,
  Feedback,
  FinishReason,
  Message,
  MessageId,
  RunId,
  UserPart,
} from '@rivulet/protocol';

/** The words of the public status; the connection's own machine has more. `idle`: nobody has asked to connect yet. */
export type ChatStatus = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'offline';

/** A message that the gateway has not accepted yet. */
export interface PendingMessage {
  messageId: MessageId;
  parts: readonly UserPart[];
  createdAtMs: number;
  /** `waiting`: for the line; `sending`: on its way; `failed`: refused, and `error` says what may be done. */
  state: 'waiting' | 'sending' | 'failed';
  error?: ErrorBody;
}

/** What one file may be. */
export interface FileLimits {
  maxBytes: number;
  /** Each exactly as a file declares it. */
  mediaTypes: readonly string[];
}

/** Immutable: what did not change keeps its reference, so `===` tells. */
export interface ChatSnapshot {
  status: ChatStatus;
  /** Why the line is closed for good, if it is: origin, token, version. */
  closedBecause: ErrorBody | null;
  conversation: Conversation;
  /** A stored conversation is not here yet. */
  isLoading: boolean;
  pending: readonly PendingMessage[];
  /** An answer is being written, or was asked for and has not begun. */
  isAnswering: boolean;
  /** What may be attached; null: nothing; undefined: the gateway has not said yet. */
  files: FileLimits | null | undefined;
}

export interface ChatEvents {
  status: { status: ChatStatus };
  /** A message was accepted or arrived whole; not for every delta. */
  message: { message: Message };
  'run-start': { runId: RunId; messageId: MessageId };
  /** `text` is the whole answer, also of one that was stopped or cut. */
  'run-end': { runId: RunId; reason: FinishReason; text: string; error?: ErrorBody };
  error: { error: ChatError };
  /** Another tab has changed the draft, or a logout has taken it; not told for this tab's own changes, nor while the visitor types here. */
  draft: { text: string };
  /** Another tab has changed what the interface shares, or a logout has taken it. */
  shared: { shared: SharedState };
}

/** What an interface shares with those in the other tabs of the browser. Absent: nobody has said. */
export interface SharedState {
  isOpen?: boolean;
  /** How many answers nobody has seen yet. */
  unread?: number;
}

export interface SendOptions {
  /** The message that this one follows; absent: the newest. */
  parentId?: MessageId | null;
}

/** What a request beside the line needs. */
export interface ChatAccess {
  gateway: string;
  site: string;
  /** A secret: whoever has it speaks as this person. undefined: a visitor whom the gateway does not know yet. */
  token: string | undefined;
  fetch: typeof globalThis.fetch;
}

/** A function of the page that the model may call. */
export interface PageTool {
  name: string;
  description: string;
  /** A JSON Schema of an object. */
  parameters: Readonly<Record<string, unknown>>;
  /** What it returns, or its promise gives, goes back to the model; what it throws is told as an error. */
  handler: (input: unknown) => unknown;
}

/** The signed token of a person, or a function that fetches one: asked again before it ends, and when it is refused. */
export type TokenSource = string | (() => string | Promise<string>);

export interface Chat {
  readonly snapshot: ChatSnapshot;
  /** Calls back after a change, at most once a frame. @returns the way to end it. */
  subscribe(listener: (snapshot: ChatSnapshot) => void): () => void;
  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void;
  /** Opens the line; called again it does nothing. */
  connect(): void;
  /**
   * Resolves when the gateway has accepted the message, which is then on disk. While the line is down it waits.
   * @throws {ChatError} the rejection, e.g. busy, rate-limited, content-blocked.
   */
  sendMessage(
    content: string | readonly UserPart[],
    options?: SendOptions,
  ): Promise<{ messageId: MessageId }>;
  /** Ends the running answer, or takes back what was not sent yet. The text so far stays. */
  stop(): Promise<void>;
  /** Sends a failed message again, or asks for another answer in place of one that failed or was interrupted. */
  retry(messageId: MessageId): Promise<void>;
  /** Asks for another answer to the same question; the first one is kept beside it. */
  regenerate(messageId: MessageId): Promise<void>;
  /**
   * Asks anew in place of an earlier message of the visitor, which is kept beside it with all that followed. A string replaces its
   * text alone: its files stay. Resolves like `sendMessage`.
   * @throws {ChatError} the rejection; not-found: there is no such message of the visitor.
   */
  edit(messageId: MessageId, content: string | readonly UserPart[]): Promise<{ messageId: MessageId }>;
  /**
   * Decides about a call that waits for approval; `input` as the visitor has changed it.
   * @throws {ChatError} conflict: it does not wait any more; bad-frame: the changed input does not fit
   */
  approve(callId: string, decision: 'approve' | 'refuse', input?: unknown): Promise<void>;
  /** From now on the model may call these functions of the page; none: it may not any more. The site has to allow them. */
  offerTools(tools: readonly PageTool[]): Promise<void>;
  /** Takes a failed message off the list. */
  discard(messageId: MessageId): void;
  /**
   * Says what the visitor thinks of an answer; null takes it back.
   * @throws {ChatError} not-found, busy: it is still being written
   */
  sendFeedback(messageId: MessageId, value: Feedback['value'] | null, comment?: string): Promise<void>;
  /** Leaves this conversation for another one of this person, in this tab. One that is not there makes room for an empty one. */
  openConversation(id: ConversationId): void;
  /** For `createHistory`. */
  readonly access: ChatAccess;
  /**
   * Leaves this conversation and begins an empty one, in this tab: another one, in which somebody may be reading, stays where
   * it is. A tab that opens later, and one that is still empty, shows what was begun last.
   */
  newConversation(): void;
  /**
   * Speaks from now on as the person that the token names; the other tabs follow. A fresh token of the same person is for the
   * line that is there, where the gateway knows how. Ends what an earlier call has begun.
   * @throws {ChatError} the gateway's refusal; or what the function throws, which is asked again
   */
  identify(token: TokenSource): Promise<void>;
  /** Forgets the person, the conversation and all that was stored, in every tab. */
  logout(): Promise<void>;
  /** A draft survives a reload once the visitor has sent a message. */
  draft: string;
  readonly shared: SharedState;
  /** Changes some of what is shared, in all tabs; survives a reload like the draft. */
  share(change: SharedState): void;
  /** Ends the line and every timer; may be called twice. */
  close(): void;
}
