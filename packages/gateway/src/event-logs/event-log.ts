/** SEAM: the live, ordered log of each conversation, kept for a window. */
import type {
  ConversationId,
  LoggedEvent,
  LoggedEventBody,
  Position,
  ResetReason,
  RunId,
} from '@rivulet/protocol';

/** The right to write a conversation's runs: one holder at a time, `fence` growing with each. */
export interface Lease {
  readonly conversationId: ConversationId;
  readonly fence: number;
  /** @returns false when it was lost. */
  renew(ttlMs: number): Promise<boolean>;
  /** May be called twice. */
  release(): Promise<void>;
}

/** That somebody on this gateway watches a conversation. Nothing is said before the first `hold`. */
export interface Watch {
  /** For the next `ttlMs`, from now: a gateway that dies is taken for one without viewers after that. */
  hold(ttlMs: number): Promise<void>;
  /** Nobody does any more, from now. May be called twice, and before the first `hold`. */
  release(): Promise<void>;
}

export type LogRead =
  /** In order, each `seq` the next; never empty. They are shared by every reader: do not change them. */
  | { kind: 'events'; events: readonly LoggedEvent[] }
  /** The cursor cannot be served, or fell out of the window: events come after `position` again; load the state first. */
  | { kind: 'reset'; why: ResetReason; position: Position };

/** What is still kept, read at one moment. */
export interface Kept {
  head: Position;
  /** Oldest first, ending at `head`. Empty when nothing is kept. */
  events: readonly LoggedEvent[];
}

export interface AppendOptions {
  /** Writing under a lease: a stale fence is refused. */
  lease?: Lease;
}

export interface SubscribeOptions {
  after: Position;
  /** Ends the iteration without an error. */
  signal: AbortSignal;
}

/**
 * What one gateway tells all others: a person stops a run that another may be writing. It names the one run, because it may be
 * heard late: what the conversation has begun since is not meant.
 */
export interface AbortBroadcast {
  kind: 'abort';
  conversationId: ConversationId;
  runId: RunId;
}
/** A person's decision about a call that another gateway's run may wait for. */
export interface ToolApprovalBroadcast {
  kind: 'tool-approval';
  conversationId: ConversationId;
  callId: string;
  decision: 'approve' | 'refuse';
  /** The input as the person changed it. */
  input?: unknown;
}
/** What a tool of the page gave, or why it gave nothing. */
export interface ToolOutputBroadcast {
  kind: 'tool-output';
  conversationId: ConversationId;
  callId: string;
  output?: unknown;
  error?: string;
}
/** A visitor has signed in: what was theirs is a person's now, and who still speaks as them must come back. */
export interface MovedBroadcast {
  kind: 'moved';
  siteId: string;
  /** The principal's id of before. */
  ownerId: string;
}
/** Somebody types, or has stopped: for everybody who views the conversation but the session that said so. */
export interface TypingBroadcast {
  kind: 'typing';
  conversationId: ConversationId;
  participantId: string;
  isTyping: boolean;
  sessionId: string;
}
export type BroadcastMessage =
  AbortBroadcast | MovedBroadcast | TypingBroadcast | ToolApprovalBroadcast | ToolOutputBroadcast;

export interface EventLog {
  /** Whether other gateways may write to it too. */
  readonly isShared: boolean;
  /**
   * Gives the events the next places, all of them together, and makes them seen. Appends of one process are ordered as they
   * were called, so a caller may go on without awaiting each.
   * @throws {ChatError} conflict when the lease was lost to another holder.
   */
  append(id: ConversationId, events: readonly LoggedEventBody[], options?: AppendOptions): Promise<Position>;
  /** The kept window and its end. */
  read(id: ConversationId): Promise<Kept>;
  /**
   * Replays what is kept after the cursor, then goes on live: no gap, no repeat. A reader that pulls slowly costs its
   * cursor and nothing else; what gathered meanwhile comes in one batch.
   */
  subscribe(id: ConversationId, options: SubscribeOptions): AsyncIterable<LogRead>;
  /** @returns undefined while another holder has it. */
  acquireLease(id: ConversationId, ttlMs: number): Promise<Lease | undefined>;
  /** Several watches of one conversation are counted apart, those of one gateway too. */
  watch(id: ConversationId): Watch;
  /**
   * For how long nobody has watched the conversation: 0 while somebody does, infinite when nobody is remembered. The end of
   * the last watch is remembered for at least 10 minutes.
   */
  unwatchedForMs(id: ConversationId): Promise<number>;
  /**
   * Tells every gateway on this log, this one included. Once it has resolved, each that listens hears it, also when its line is
   * cut just then: at once, or when the line is back within a minute. It may be heard twice. Typing is for now, and not kept.
   */
  broadcast(broadcastMessage: BroadcastMessage): Promise<void>;
  /** Calls back for each note from now on. @returns when notes are heard; call the result to end it */
  listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void>;
  /** Forgets the log of an erased conversation; its epoch is never used again. */
  erase(id: ConversationId): Promise<void>;
  /** Rejects when the log cannot serve. For /readyz. */
  check(): Promise<void>;
  /** Ends every subscription. May be called twice. */
  close(): Promise<void>;
}
