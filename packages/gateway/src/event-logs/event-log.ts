/** The interface of an event log: the ordered live events of each conversation, of which the newest are kept. */
import type {
  ConversationId,
  LoggedEvent,
  LoggedEventBody,
  Position,
  ResetReason,
  RunId,
} from '@rivulet/protocol';
import type { LogFigures } from '../base/index.ts';

/**
 * The exclusive right to write the runs of a conversation. It has one holder at a time.
 * @see PROTOCOL.md §17, invariant 3
 */
export interface Lease {
  /** The conversation that the lease is for. */
  readonly conversationId: ConversationId;
  /** Fencing token: higher than that of every earlier lease, so that the writes of a former holder can be refused. */
  readonly fence: number;
  /** Extends the lease to `ttlMs` from now. @returns false when another holder has taken it. */
  renew(ttlMs: number): Promise<boolean>;
  /** Gives the lease up. May be called twice. */
  release(): Promise<void>;
}

/** Records that a conversation has viewers on this gateway. Nothing is recorded before the first `hold`. */
export interface Watch {
  /** Records viewers for `ttlMs` from now. When the gateway dies, the watch ends by itself after that time. */
  hold(ttlMs: number): Promise<void>;
  /** Ends the watch now. May be called twice, and before the first `hold`. */
  release(): Promise<void>;
}

/** One result of a subscription: a batch of events, or a reset. */
export type LogRead =
  /**
   * In order, without a gap; never empty. Older deltas are merged, so that the first event may begin before the reader's position. Readers
   * at the same position share the object: do not change the events. They may keep in `derived` what they make of the events, so
   * that it is made once.
   */
  | {
      kind: 'events';
      events: readonly LoggedEvent[];
      derived?: object;
      /** When one of the events came into the log, in milliseconds of `performance.now`. A sample for metrics: most batches have none. */
      loggedAtMs?: number;
    }
  /** The cursor is unknown or no longer kept. Load the state; the following events come after `position`. */
  | { kind: 'reset'; why: ResetReason; position: Position };

/** The kept window of a conversation at one moment. */
export interface Kept {
  /** The position of the newest event. */
  head: Position;
  /** Oldest first, ending at `head`; older deltas are merged. Empty when nothing is kept. */
  events: readonly LoggedEvent[];
}

/** The `seq` before that of the oldest kept event: the earliest cursor that can be served. Older deltas are merged, so it is not counted. */
export const floorOf = ({ head, events: [oldest] }: Kept): number =>
  (oldest?.first ?? oldest?.seq ?? head.seq + 1) - 1;

/** Options of `EventLog.append`. */
export interface AppendOptions {
  /** Append as the holder of this lease: a stale fence is refused with `conflict`. */
  lease?: Lease;
}

/** Options of `EventLog.subscribe`. */
export interface SubscribeOptions {
  /** The cursor: the position of the last event that the reader has. */
  after: Position;
  /** Ends the subscription without an error. */
  signal: AbortSignal;
  /**
   * Receives each read. One that returns a promise is given the next read when the promise has resolved. What it throws ends the
   * subscription.
   */
  handle: (read: LogRead) => Promise<void> | undefined;
}

/**
 * A visitor stops a run that another gateway may be writing. It names the run, because the message may arrive late: a run
 * that the conversation has started since must not be stopped.
 */
export interface AbortBroadcast {
  kind: 'abort';
  conversationId: ConversationId;
  runId: RunId;
}
/** A visitor's decision about a tool call that a run on another gateway may be waiting for. */
export interface ToolApprovalBroadcast {
  kind: 'tool-approval';
  conversationId: ConversationId;
  callId: string;
  decision: 'approve' | 'refuse';
  /** The input, when the visitor edited it. */
  input?: unknown;
}
/** The output of a client tool, or the reason of its failure. */
export interface ToolOutputBroadcast {
  kind: 'tool-output';
  conversationId: ConversationId;
  callId: string;
  output?: unknown;
  error?: string;
}
/** An anonymous visitor has signed in and the conversations were moved: sessions of the former owner must reconnect. */
export interface MovedBroadcast {
  kind: 'moved';
  siteId: string;
  /** The owner id before the sign-in. */
  ownerId: string;
}
/** Tokens were revoked: sessions that were opened with them are closed. The store keeps it; see `Store.addRevocation`. */
export interface RevokedBroadcast {
  kind: 'revoked';
  revocation: {
    siteId: string;
    kind: 'owner' | 'token';
    id: string;
    /** Milliseconds since 1970. */
    atMs: number;
    /** Milliseconds since 1970. */
    untilMs: number;
  };
}
/**
 * A participant has started or stopped typing. It is for all viewers of the conversation except the session it came from, and reaches at
 * least the gateways that have subscribers of it.
 */
export interface TypingBroadcast {
  kind: 'typing';
  conversationId: ConversationId;
  participantId: string;
  isTyping: boolean;
  sessionId: string;
}
/** A site was switched off, or on again. */
export interface SiteSwitchBroadcast {
  kind: 'site-switch';
  siteId: string;
  /** Whether it is off; a text is shown to its visitors. */
  disabled: boolean | string;
  /** When, by the clock of the gateway that was asked: a repeated message must not undo a later one. */
  atMs: number;
}
/** The settings of a site were edited: the other gateways read them from the store. */
export interface SiteEditBroadcast {
  kind: 'site-edit';
  siteId: string;
  /** That of the edit: a gateway that knows it already reads nothing. */
  revision: number;
}
/** A message from one gateway to all gateways of the same event log. */
export type BroadcastMessage =
  | SiteSwitchBroadcast
  | SiteEditBroadcast
  | AbortBroadcast
  | MovedBroadcast
  | RevokedBroadcast
  | TypingBroadcast
  | ToolApprovalBroadcast
  | ToolOutputBroadcast;

/**
 * The ordered live events of all conversations, with leases for writers and broadcasts between gateways. Every method
 * rejects with ChatError `internal` when the log is closed or cannot be reached.
 */
export interface EventLog {
  /** Whether other gateways may write to the same log. */
  readonly isShared: boolean;
  /**
   * Whether the other gateways can read what is appended here, as far as is known. While they cannot, the viewers of this gateway go on. Always
   * true where nobody else reads.
   */
  readonly isReachable: boolean;
  /** What it counts for operators. Optional: a log without a server has none. */
  readonly figures?: LogFigures;
  /** Calls `handle` each time that `isReachable` has changed. @returns a function that removes it */
  onReachable(handle: () => void): () => void;
  /**
   * Called once by `createGateway`, before it uses the log. Waits a while for a server that is starting, too, and rejects with an error
   * that says what to do when the log cannot be used. Optional: a log that needs no preparation has none.
   */
  start?(): Promise<void>;
  /**
   * Assigns the next sequence numbers to the events, atomically, and publishes them. Appends of one process keep the order of
   * the calls, so a caller need not await each.
   * @returns the position of the last event.
   * @throws {ChatError} `conflict` when another holder has taken the lease.
   */
  append(id: ConversationId, events: readonly LoggedEventBody[], options?: AppendOptions): Promise<Position>;
  /**
   * Reads the kept window, after all earlier appends of this process. It contains every event that the log had at the time of the
   * call. Callers may be given the same object: do not change it.
   */
  read(id: ConversationId): Promise<Kept>;
  /** The position of the newest event, after all earlier appends of this process. Its cost does not depend on what is kept. */
  head(id: ConversationId): Promise<Position>;
  /**
   * Replays the kept events after the cursor, then continues live, without a gap or a repeat. A slow reader costs only its
   * cursor: the events that came while it was busy are given in one batch. It is a callback and not an iterator, because a
   * conversation may have thousands of readers, and each step of an iterator costs several promises.
   * @returns a promise that resolves when the signal aborts or the log is closed, and rejects with what `handle` threw.
   */
  subscribe(id: ConversationId, options: SubscribeOptions): Promise<void>;
  /** Acquires the lease of a conversation for `ttlMs`. @returns undefined while another holder has it. */
  acquireLease(id: ConversationId, ttlMs: number): Promise<Lease | undefined>;
  /** Creates a watch. Each watch of a conversation is counted on its own, also within one gateway. */
  watch(id: ConversationId): Watch;
  /**
   * Milliseconds since the last watch ended: 0 while one is held, Infinity when none is remembered. The end of the last watch
   * is remembered for at least 10 minutes.
   */
  unwatchedForMs(id: ConversationId): Promise<number>;
  /**
   * Sends a message to every gateway of this log, including this one. Once it has resolved, each listener receives the message:
   * at once, or after its connection is restored, provided that takes less than a minute. Delivery is at least once. Typing
   * messages are not kept, so a disconnected gateway misses them.
   */
  broadcast(broadcastMessage: BroadcastMessage): Promise<void>;
  /** Calls `handle` for each later broadcast message. Resolves once listening; call the result to stop. */
  listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void>;
  /** Deletes the log of an erased conversation. Its epoch is never used again, so subscribers get a reset. */
  erase(id: ConversationId): Promise<void>;
  /** Resolves when the log can serve, rejects otherwise. For /readyz. */
  check(): Promise<void>;
  /** Ends every subscription. May be called twice. */
  close(): Promise<void>;
}
