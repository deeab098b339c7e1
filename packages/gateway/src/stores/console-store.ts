/** The part of a store that the operator's console uses: the sessions of its users, the audit log, and the search over all conversations. */
import type { ConversationId, FinishReason, MessageId } from '@rivulet/protocol';
import type { RunFacts } from './run-facts.ts';

/** A user of the console who has signed in. */
export interface ConsoleSession {
  /** The SHA-256 of the secret in the cookie, in hex: who reads the store cannot take a session over. */
  digest: string;
  /** Names the session in lists; it opens nothing. */
  id: string;
  /** The name of the user in the configuration. */
  userName: string;
  /** Says with which token the user signed in: a session ends with its token. */
  tokenId: string;
  /** The address that signed in, as limits count it. */
  address: string;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  expiresAtMs: number;
}

/** A place in a list that is ordered by time and then by id, both downwards. */
export interface ConsolePosition {
  /** Milliseconds since 1970. */
  atMs: number;
  id: string;
}

/** What a user of the console did. It has ids and no text of a visitor. */
export interface AuditEntry extends ConsolePosition {
  /** The name of the user; empty for somebody who could not sign in. */
  userName: string;
  /** The action, as access/actions.ts names it, or `console-login-refused`, or `console-logout-by-provider`. */
  action: string;
  /** What it touched: the id of a conversation or a session; empty for the console as a whole. */
  target: string;
  /** The site of the target; empty when it has none. */
  siteId: string;
  /** The address of the user, as limits count it. */
  address: string;
}

/** What the conversations that are looked for have. */
export interface ConsoleFilters {
  /** Absent: all sites. */
  siteId?: string | undefined;
  /** The visitor; only with `siteId`. */
  ownerId?: string | undefined;
  /** A text in the title or in a complete message, ignoring case. */
  text?: string | undefined;
  /** Conversations with a message for which all of these hold. */
  rating?: 'up' | 'down' | undefined;
  finishReason?: FinishReason | undefined;
  /** The name of a tool that was called. */
  tool?: string | undefined;
  /** The name of a model that was asked. */
  model?: string | undefined;
  /** Only those updated at this time or later, in milliseconds since 1970. */
  sinceMs: number;
  /** At most so many. */
  limit: number;
}

/** Which conversations are looked for, the most recently updated first. */
export interface ConsoleQuery extends ConsoleFilters {
  /** Only the conversation of the run whose id begins so after `r_`: what visitors read out as a reference. Messages are not scanned for it. */
  ref?: string | undefined;
  /** Only those after this position: those updated before its time, and of the same time those with a smaller id. */
  after: ConsolePosition;
}

/** A list may be sorted by cost, or by the number of bad ratings and then by cost; the highest first. */
export const CONSOLE_RANKS = ['cost', 'rating'] as const;

/** A place in a list that is sorted by cost or rating. */
export interface RankPosition {
  /** How many answers are rated as bad; 0 in a list by cost. */
  ratedDown: number;
  /** -1 when it is not known: such conversations come last. */
  costPico: number;
  id: string;
}

/** Which conversations are looked for, sorted by cost or rating. */
export interface RankQuery extends ConsoleFilters {
  sort: (typeof CONSOLE_RANKS)[number];
  /** Only those updated before this time, in milliseconds since 1970. */
  beforeMs: number;
  /** Only those after this position. Absent: from the beginning. */
  after?: RankPosition | undefined;
}

/** A conversation that was found. Times are milliseconds since 1970. */
export interface FoundConversation {
  id: ConversationId;
  siteId: string;
  ownerId: string;
  title: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  /** Present when it must not be erased. */
  isHeld?: true;
  /** The beginning of the newest complete message that has text; empty when there is none. */
  preview: string;
  totals: ConversationTotals;
}

/** What the answers of a conversation have cost, and how they were rated. */
export interface ConversationTotals {
  /** In trillionths of the unit of the prices; null when the cost of no answer is known. */
  costPico: number | null;
  /** How many answers have ended whose cost is not known. */
  unpriced: number;
  /** How many answers are rated as bad. */
  ratedDown: number;
}

/** The facts of a run, with the message that it has written. */
export interface MessageFacts {
  messageId: MessageId;
  facts: RunFacts;
}

/** A page of conversations. */
export interface ConsolePage<Position = ConsolePosition> {
  conversations: FoundConversation[];
  /** Where the next page begins; undefined when there is none. */
  next: Position | undefined;
}

/** Entries of the audit log can be added and read, and neither changed nor deleted. */
export interface ConsoleStore {
  /** Keeps a session. */
  addSession(session: ConsoleSession): Promise<void>;
  /** The session with this digest; undefined when there is none that has not expired. */
  findSession(digest: string, nowMs: number): Promise<ConsoleSession | undefined>;
  /** The sessions that have not expired, the newest first, at most 1,000. */
  listSessions(nowMs: number): Promise<ConsoleSession[]>;
  /** Ends a session. @returns false when there is none with this id */
  endSession(id: string): Promise<boolean>;
  /** Ends the sessions whose `tokenId` has both texts in it. */
  endSessionsOf(marks: readonly [string, string]): Promise<void>;
  /** Deletes the sessions that have expired. */
  forgetSessions(nowMs: number): Promise<void>;
  /** Adds an entry to the audit log. */
  appendAudit(entry: AuditEntry): Promise<void>;
  /** At most `limit` entries after a position, the newest first. */
  listAudit(after: ConsolePosition, limit: number): Promise<AuditEntry[]>;
  /**
   * Looks for conversations. With a text, a rating, a finish reason, a tool or a model it reads the messages of at most `CONSOLE_SCAN` conversations: a
   * page may then have fewer than `limit`, or none, and a next one.
   */
  search(query: ConsoleQuery): Promise<ConsolePage>;
  /**
   * Looks for conversations, those first that have cost most or are rated worst. Of a time with more than `CONSOLE_RANKED` of them only
   * the most recently updated ones are sorted. Pages may be short as those of `search`.
   */
  rank(query: RankQuery): Promise<ConsolePage<RankPosition>>;
  /** The facts of the runs of a conversation that have ended, in the order of their messages. Those of runs of older versions are missing. */
  readFacts(id: ConversationId): Promise<MessageFacts[]>;
}

/** The most conversations whose messages one search reads: with 20 messages each some 30 ms, which nobody waits for. */
export const CONSOLE_SCAN = 300;

/** Before everything in a list that is sorted by cost or rating. The number of ratings is one that a database can store. */
export const FIRST_RANK: RankPosition = { ratedDown: 2 ** 31 - 1, costPico: Number.MAX_VALUE, id: '' };
/** Before everything: the first page begins after it. A double that a database can store. */
export const NEWEST: ConsolePosition = { atMs: Number.MAX_VALUE, id: '' };
