/** The copies of conversations that the viewers of a gateway read, as its writes see them. */
import type { ConversationId, LoggedEventBody, Position } from '@rivulet/protocol';
import type { Kept } from './event-log.ts';

/** Events with sequence numbers. */
export interface Appended {
  /** The position of the first event; the others follow without a gap. */
  first: Position;
  bodies: readonly LoggedEventBody[];
}

/** The local copies of conversations, which the viewers of this gateway read. */
export interface LocalCopies {
  /** Events of this gateway that Redis has numbered. Called before the appends resolve. */
  receiveOwn(id: ConversationId, appended: Appended): void;
  /** From now on this gateway numbers the events. `appended` are the newest ones. */
  lead(id: ConversationId, appended: Appended): void;
  /** Events that this gateway has numbered. */
  receiveLed(id: ConversationId, appended: Appended): void;
  /** What the viewers of this gateway were shown of a conversation that it leads. */
  readLed(id: ConversationId): Kept;
  /** Redis numbers the events again. @param isWhole nobody else has appended meanwhile */
  unlead(id: ConversationId, isWhole: boolean): void;
  /** Whether Redis tells this gateway of events of the conversation. */
  isSubscribed(id: ConversationId): boolean;
}
