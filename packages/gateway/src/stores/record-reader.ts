/** Reads what a store keeps of visitors, for an operator: also while gateways write it, and without changing anything. */
import type { ConversationId, Message } from '@rivulet/protocol';
import type { MessageFacts } from './console-store.ts';
import type { ConversationRecord } from './store.ts';

/** Whose conversations are read: those of a site, or of one visitor of it. */
export interface RecordsOf {
  siteId: string;
  ownerId?: string | undefined;
}

/** A conversation with its messages, in the order in which they were added, and the facts of the runs that wrote them. */
export type ConversationWithMessages = ConversationRecord & { messages: Message[]; runs: MessageFacts[] };

/** A store that was opened for reading. */
export interface RecordReader {
  /** The next conversations in the order of their ids. @param after the last id of the page before; empty: from the beginning */
  list(whose: RecordsOf, page: { after: string; limit: number }): Promise<ConversationRecord[]>;
  /** A conversation as it is now, with what is stored of an answer that is being written. @returns undefined when there is none */
  read(id: ConversationId): Promise<ConversationWithMessages | undefined>;
  /** May be called once. */
  close(): Promise<void>;
}
