/**
 * SEAM: the system of record. What a store has resolved is on disk; the checkpoint of a running reply may be lost to a power
 * cut, not to the end of the process.
 */
import type { ConversationId, Message, MessageId, RunId, Usage } from '@rivulet/protocol';

/** Who a conversation belongs to. */
export interface Owner {
  siteId: string;
  /** The principal's id. */
  ownerId: string;
}

export interface ConversationRecord extends Owner {
  id: ConversationId;
  title: string | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** As a list shows it. */
export interface ListedConversation extends ConversationRecord {
  /** The beginning of the newest message that has a text and is whole; empty when there is none. */
  preview: string;
}

/** A message of a visitor and the answer that it starts, to be written together or not at all. */
export interface Acceptance {
  conversationId: ConversationId;
  owner: Owner;
  /** Of the conversation, when this is what creates it. */
  title?: string;
  /** The visitor's message; absent for a regeneration, which adds an answer only. */
  question?: Message;
  /** The assistant message, empty, its run `running`. */
  answer: Message;
  /** What the idempotency key stands for: a hash of the command's body. */
  digest: string;
  /** The idempotency key: the question's id, or the run's for a regeneration. */
  key: MessageId | RunId;
  /** How many unfinished runs the conversation may have beside this one. */
  maxRunning: number;
  nowMs: number;
  /** The newest message that the caller has seen, null: none. The new ones come right after it, or not at all. Absent: wherever. */
  newestId?: MessageId | null;
}

export type Accepted =
  | { kind: 'accepted' }
  /** The key was used before with the same digest: nothing was written; this is the answer of then. */
  | { kind: 'repeated'; answerId: MessageId; runId: RunId }
  /** The key was used before with another digest. */
  | { kind: 'conflict' }
  /** More than `maxRunning` other runs are unfinished. */
  | { kind: 'busy' }
  /** Another writer has added a message meanwhile: read again, and accept again. */
  | { kind: 'moved' }
  /** The conversation is another owner's. */
  | { kind: 'not-found' };

export interface UsageRecord {
  runId: RunId;
  conversationId: ConversationId;
  owner: Owner;
  usage: Usage;
  atMs: number;
}

export interface ListOptions {
  /** At most this many, the most recently updated first. */
  limit: number;
  /** Only those updated before this. */
  beforeMs?: number;
  /** Only those in whose title, or in a whole message of which, this stands; upper and lower case are the same. */
  query?: string;
}

export interface Store {
  /** Creates the conversation when it is new, adds the messages and keeps the key, in one transaction that is on disk. */
  accept(acceptance: Acceptance): Promise<Accepted>;
  /** undefined: there is none, or it was erased. */
  readConversation(id: ConversationId): Promise<ConversationRecord | undefined>;
  /** In the order in which they were added. Empty when there is no such conversation. */
  readMessages(id: ConversationId): Promise<Message[]>;
  /**
   * Replaces messages by id, keeping their places, and adds those that are new at the end. A message whose run is over is not
   * replaced by one that still runs: that is a checkpoint which comes late.
   */
  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void>;
  /**
   * Writes the message with the end of its run, unless the run has an end already: the first one counts. Until `settleRun` it is
   * listed as unsettled, so that an end which is not in the log yet is not forgotten.
   * @returns false: nothing was written
   */
  endRun(id: ConversationId, message: Message, nowMs: number): Promise<boolean>;
  /** The end of the message's run is in the log. It may be lost to a crash, and is told again then. */
  settleRun(id: ConversationId, messageId: MessageId): Promise<void>;
  removeMessage(id: ConversationId, messageId: MessageId): Promise<void>;
  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void>;
  /** Messages whose run is `running`, or over and not settled, oldest first: what a restart has to look after. */
  listUnsettled(): Promise<{ conversationId: ConversationId; message: Message }[]>;
  listConversations(owner: Owner, options: ListOptions): Promise<ListedConversation[]>;
  /** Gives every conversation of one owner to another: a visitor who signed in. */
  moveConversations(from: Owner, to: Owner): Promise<number>;
  recordUsage(record: UsageRecord): Promise<void>;
  /** Tokens since `sinceMs`. */
  readUsage(owner: Owner, sinceMs: number): Promise<Usage>;
  /** What was counted for the owner stays in the site's sum, and is nobody's. */
  anonymiseUsage(owner: Owner): Promise<void>;
  /** Nothing of the conversation is left but what was counted. */
  eraseConversation(id: ConversationId): Promise<void>;
  eraseOwner(owner: Owner): Promise<number>;
  /** Forgets idempotency keys older than this (they live 24 h). */
  forgetKeys(beforeMs: number): Promise<void>;
  /** Rejects when the store cannot serve. For /readyz. */
  check(): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
