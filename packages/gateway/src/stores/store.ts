/**
 * The interface of a store: the system of record for conversations, messages and usage. A write that has resolved is on disk.
 * The exceptions are the progress of a running reply, `settleRun`, the changes of reservations, `forgetKeys`, `forgetSpent`,
 * `forgetRevocations`, `forgetErased`, `claimJob`, `finishJob` and the figures: a power cut may lose them, the end of the process does not. `accept` tells itself when it is on disk.
 */
import type { ConversationId, LoggedEventBody, Message, MessageId, RunId, Usage } from '@rivulet/protocol';
import type { PoolFigures } from '../base/index.ts';
import type { ConsoleStore } from './console-store.ts';
import type { FiguresStore } from './figures.ts';
import type { DeskRecord, DeskStore } from './desk-store.ts';
import type { DeskTeamStore } from './desk-team-store.ts';
import type { KnowledgeStore } from './knowledge-store.ts';
import type { RetentionStore } from './retention.ts';
import type { RunFacts } from './run-facts.ts';
import type { Amount, BudgetKind, Reservation, SpendingStore } from './spending.ts';
import type { SiteEditStore } from './site-edits.ts';
import type { SwitchStore } from './switch-store.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** The owner of a conversation: a visitor of a site. */
export interface Owner {
  siteId: string;
  /** The visitor's id, unique within the site. */
  ownerId: string;
}

/** A conversation without its messages. Times are milliseconds since 1970. */
export interface ConversationRecord extends Owner {
  id: ConversationId;
  title: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  /** Present when the conversation must not be erased. @see RetentionStore.hold */
  isHeld?: true;
  /** Present when the desk has had to do with it. @see DeskStore */
  desk?: DeskRecord;
}

/** A conversation as a list shows it. */
export interface ListedConversation extends ConversationRecord {
  /** The beginning of the newest complete message that has text; empty when there is none. */
  preview: string;
}

/** A visitor's message and the answer that it starts, to be written atomically. */
export interface Acceptance {
  conversationId: ConversationId;
  owner: Owner;
  /** The title of the conversation, when this acceptance creates it. */
  title?: string;
  /** The visitor's message; absent for a regeneration, which adds an answer only. */
  question?: Message;
  /** The assistant message, empty, its run `running`. */
  answer: Message;
  /** A hash of the command's body. The same key with another digest is a conflict. */
  digest: string;
  /** The idempotency key: the question's id, or the run's for a regeneration. */
  key: MessageId | RunId;
  /** How many other unfinished runs the conversation may have. */
  maxRunning: number;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Accept only when this is the newest message; null: the conversation has none. Absent: accept in any case. */
  newestId?: MessageId | null;
  /** What the run may use of the budgets of the day. Absent: it is not counted. */
  reservation?: Reservation;
}

/** The outcome of `Store.accept`. Only `accepted` has written anything. */
export type Accepted =
  /**
   * The messages have their place among the store's writes. `durable` resolves when they are on disk, and rejects when they could
   * not be written. Nothing of them may be shown before. It may be ignored.
   */
  | { kind: 'accepted'; durable: Promise<void> }
  /** The key was used before with the same digest: the answer that it started. */
  | { kind: 'repeated'; answerId: MessageId; runId: RunId }
  /** The key was used before with another digest, or a message id is taken. */
  | { kind: 'conflict' }
  /** More than `maxRunning` other runs are unfinished. */
  | { kind: 'busy' }
  /** The other runs of the day have used this budget up. */
  | { kind: 'over-budget'; budget: BudgetKind }
  /** Another writer has added a message since `newestId`: read again, and accept again. */
  | { kind: 'moved' }
  /** A person answers the conversation, or it waits for one: no run may start. `DeskStore` says who. */
  | { kind: 'owned' }
  /** The conversation belongs to another owner. */
  | { kind: 'not-found' };

/** An answer whose run is unfinished. */
export interface Unfinished {
  /** Undefined when the answer has no parent. */
  question: Message | undefined;
  /** With the content that was saved so far. */
  answer: Message;
}

/** A message by its id. */
export interface NamedMessage {
  message: Message;
  /** Undefined when it replies to none. */
  parent: Message | undefined;
  /** The newest `run-note` that was saved with an unfinished answer. Absent: there is none. */
  note?: unknown;
}

/** What a command needs to know of a conversation, read at one moment. Its size does not depend on the length of the conversation. */
export interface Standing {
  record: ConversationRecord;
  /** The newest message; null: there is none. */
  newestId: MessageId | null;
  /** The message that the caller named, and the one that it replies to. Undefined when it does not exist. */
  named: NamedMessage | undefined;
  /** Oldest first. */
  unfinished: readonly Unfinished[];
}

/** The ids of a message whose run is `running`, or has ended and is not settled. */
export interface UnsettledMessage {
  conversationId: ConversationId;
  messageId: MessageId;
  runId: RunId;
}

/** What the gateway that takes an unfinished answer over has to know of it: a JSON value, which the store does not read. */
export interface RunNoteEvent {
  type: 'run-note';
  note: unknown;
}

/** What is saved of an unfinished answer. */
export type SavedEvent = LoggedEventBody | RunNoteEvent;

/** What an unfinished answer has gained since it was saved last. */
export interface Progress {
  conversationId: ConversationId;
  messageId: MessageId;
  /** In order. */
  events: readonly SavedEvent[];
}

/** One round of the model in an answer: what it wrote between two requests. */
export interface AnswerRound {
  /** The index of its first part in the message. */
  at: number;
  /** What the upstream attached to it: a JSON value, which the store does not read. */
  metadata?: unknown;
}

/**
 * A message with what only its upstream is given again. It is stored beside the message: no other method than `readBranch` reads
 * it, so that it can reach neither a client nor an export.
 */
export interface StoredMessage extends Message {
  /** The rounds of an answer, in order. Absent when they are not known. */
  rounds?: readonly AnswerRound[];
}

/** An answer whose run has ended. */
export interface EndedMessage extends StoredMessage {
  /**
   * What the run has used. It replaces the reservation of the run, also when the conversation was erased meanwhile. Absent: the
   * reservation stays.
   */
  spent?: Amount;
  /** What is kept of the run for the console and exports of the operator. Stored with the message; no method but `console.readFacts` reads it. */
  facts?: RunFacts;
}

/** The tokens that one run has used. */
export interface UsageRecord {
  runId: RunId;
  conversationId: ConversationId;
  owner: Owner;
  usage: Usage;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** Tokens that are refused although they have not expired. */
export interface Revocation {
  siteId: string;
  /** `owner`: every token of the owner `id` that was issued up to `atMs`. `token`: the token whose `jti` is `id`. */
  kind: 'owner' | 'token';
  id: string;
  /** Milliseconds since 1970. */
  atMs: number;
  /** When the last of these tokens has expired, in milliseconds since 1970. */
  untilMs: number;
}

/** What is kept for one owner. */
export interface OwnerKept {
  conversations: number;
  /** The size of all messages as they are stored, without indexes: about that of their JSON. */
  bytes: number;
}

/** Options of `Store.listConversations`. */
export interface ListOptions {
  /** At most this many, the most recently updated first. */
  limit: number;
  /** Only those updated before this time, in milliseconds since 1970. */
  beforeMs?: number;
  /** Only those whose title or complete messages contain this text, ignoring case. */
  query?: string;
}

/** Every method rejects with ChatError `internal` when the store is closed or its database fails. */
export interface Store {
  /** What runs use of the budgets of a day. */
  readonly spending: SpendingStore;
  /** What is erased because it is old, and what must not be erased. */
  readonly retention: RetentionStore;
  /** Which sites were switched off. */
  readonly switches: SwitchStore;
  /** Which settings of sites were edited. */
  readonly siteEdits: SiteEditStore;
  /** What the operator's console needs. */
  readonly console: ConsoleStore;
  /** What the console's overview shows. */
  readonly figures: FiguresStore;
  /** Who answers which conversation: the model, or a person. */
  readonly desk: DeskStore;
  /** The webhook deliveries that wait, and those that were given up. */
  readonly webhooks: WebhookOutbox;
  /** The people at the desk, and their notes. */
  readonly team: DeskTeamStore;
  /** The documents of sites, which answers are grounded in. */
  readonly knowledge: KnowledgeStore;
  /**
   * Creates the conversation when it is new, adds the messages and records the key, in one transaction. It may resolve before the
   * transaction is on disk; `durable` of the outcome tells.
   */
  accept(acceptance: Acceptance): Promise<Accepted>;
  /**
   * @param owner when given, a conversation of another owner is read as one that does not exist, with the same work
   * @returns undefined when the conversation does not exist or was erased.
   */
  readConversation(id: ConversationId, owner?: Owner): Promise<ConversationRecord | undefined>;
  /**
   * Reads the record, the newest and the unfinished messages, and one message by its id.
   * @param owner as for `readConversation`
   * @returns undefined when the conversation does not exist or was erased.
   */
  readStanding(id: ConversationId, messageId?: MessageId, owner?: Owner): Promise<Standing | undefined>;
  /**
   * Reads a message and those before it along the parents, with their rounds, until their JSON exceeds `maxChars` UTF-16 units; the message itself is
   * always included. It may contain messages that are accepted and not on disk yet.
   * @returns oldest first; empty when the message does not exist.
   */
  readBranch(id: ConversationId, messageId: MessageId, maxChars: number): Promise<StoredMessage[]>;
  /** @returns all messages in the order in which they were added; empty when the conversation does not exist. */
  readMessages(id: ConversationId): Promise<Message[]>;
  /**
   * Saves what unfinished answers have gained. Saving an event again changes nothing. No effect on an answer whose run has ended or
   * that does not exist.
   */
  saveProgress(progress: readonly Progress[]): Promise<void>;
  /**
   * Replaces messages by id, in place, and adds new ones at the end. A message whose run has ended is not replaced by one
   * whose run is running: that write is late. Does nothing when the conversation does not exist.
   */
  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void>;
  /**
   * Writes the message with the end of its run, its facts and what they add to the totals of the conversation, unless the run has ended
   * already: the first end counts. Until `settleRun`, the
   * message is listed as unsettled, so that the end is logged even after a crash.
   * @returns false when the message was not written.
   */
  endRun(id: ConversationId, message: EndedMessage, nowMs: number): Promise<boolean>;
  /** Records that the end of the message's run is in the event log. A crash may lose it; the end is then logged again. */
  settleRun(id: ConversationId, messageId: MessageId): Promise<void>;
  /** Deletes a message; no effect when it does not exist. */
  removeMessage(id: ConversationId, messageId: MessageId): Promise<void>;
  /** Changes the title; no effect when the conversation does not exist. */
  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void>;
  /**
   * The messages whose run is `running`, or has ended and is not settled, oldest first: what a restart has to recover. A busy gateway
   * asks every few seconds, so that the messages themselves are not read.
   */
  listUnsettled(): Promise<UnsettledMessage[]>;
  /** The owner's conversations, the most recently updated first. */
  listConversations(owner: Owner, options: ListOptions): Promise<ListedConversation[]>;
  /** How much is kept for an owner. It takes time in proportion to the owner's messages. */
  readKept(owner: Owner): Promise<OwnerKept>;
  /** Gives all conversations of one owner to another, when a visitor signs in. @returns how many were moved. */
  moveConversations(from: Owner, to: Owner): Promise<number>;
  /** Records the usage of a run. Recording the same run again replaces it. */
  recordUsage(record: UsageRecord): Promise<void>;
  /** The owner's tokens since `sinceMs`. */
  readUsage(owner: Owner, sinceMs: number): Promise<Usage>;
  /** Removes the owner's id from the usage records; they still count for the site. */
  anonymiseUsage(owner: Owner): Promise<void>;
  /** Deletes the conversation with its messages and keys. Its usage records stay. @returns false when it is held, and stays */
  eraseConversation(id: ConversationId): Promise<boolean>;
  /** Deletes all conversations of an owner that are not held. @returns how many were deleted. */
  eraseOwner(owner: Owner): Promise<number>;
  /** Deletes idempotency keys that were used before `beforeMs` (they are kept for 24 h). */
  forgetKeys(beforeMs: number): Promise<void>;
  /** Keeps a revocation. One of the same site, kind and id is replaced; the later times count. */
  addRevocation(revocation: Revocation): Promise<void>;
  /** The revocations since this time, in any order. */
  listRevocations(sinceMs: number): Promise<Revocation[]>;
  /** Deletes the revocations whose `untilMs` is before this time. Erasing an owner does not delete them. */
  forgetRevocations(nowMs: number): Promise<void>;
  /**
   * Makes this process the only one that owns the store, until `close` or the end of the process. Called before anything else
   * by a gateway whose event log is not shared. Stores that were opened without it are not affected. May be called twice.
   * @throws {ChatError} `conflict` when another process owns the store; the message names it and says what to do
   */
  own(): Promise<void>;
  /** Who uses its connections to a server. Optional: a store without a server has none. */
  readonly pool?: PoolFigures;
  /** Resolves when the store can write, rejects otherwise. For /readyz. */
  check(): Promise<void>;
  /** Releases the database. May be called twice. */
  close(): Promise<void>;
}
