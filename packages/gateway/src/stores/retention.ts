/**
 * What is erased because it is old, what is held back from erasure, and which gateway does it: the part of the store that retention
 * uses.
 */
import type { ConversationId } from '@rivulet/protocol';

/** A conversation with its owner. */
export interface ExpiredConversation {
  id: ConversationId;
  siteId: string;
  ownerId: string;
}

/** Which conversations of a site are old. */
export interface Expiry {
  siteId: string;
  /** Those whose last activity (`updatedAtMs`) was before this time, in milliseconds since 1970. */
  beforeMs: number;
}

/** Why a conversation must not be erased. */
export interface Hold {
  conversationId: ConversationId;
  siteId: string;
  /** When it was first held, in milliseconds since 1970. */
  sinceMs: number;
  /** The operator's own words, such as the number of a case. No visitor sees them. */
  reason: string;
}

/** A gateway that wants to do a job which is done once for all gateways. */
export interface JobClaim {
  /** The name of the job, unique in the store. */
  name: string;
  /** Who claims it: an id that no other gateway has. */
  holder: string;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** When the claim ends by itself. */
  untilMs: number;
  /** A job that was finished at this time or later is not due. */
  dueSinceMs: number;
}

/**
 * A held conversation is erased by none of `Store.eraseConversation`, `Store.eraseOwner` and `eraseExpired`. What any of them erases is
 * noted in the same transaction, until `forgetErased`: its files and its events are erased after it, also when a crash comes between.
 */
export interface RetentionStore {
  /** Old conversations of a site that are not held and have no run that is `running` or not settled, the oldest first. */
  listExpired(expiry: Expiry, limit: number): Promise<ExpiredConversation[]>;
  /**
   * Deletes those of the conversations that would still be listed by `listExpired`, with their messages and keys, and removes the owner
   * from their usage records, in one transaction.
   * @returns the ids of those that were deleted
   */
  eraseExpired(expiry: Expiry, ids: readonly ConversationId[]): Promise<ConversationId[]>;
  /** At most this many conversations that were erased and are noted. One whose id is in use again is not listed. */
  listErased(limit: number): Promise<ConversationId[]>;
  /** Removes the notes: the files and the events of these conversations are erased. */
  forgetErased(ids: readonly ConversationId[]): Promise<void>;
  /**
   * Holds a conversation, or replaces the reason for it; the first time counts. A hold moves with the conversation when its visitor
   * signs in.
   * @returns false when there is no such conversation
   */
  hold(hold: Omit<Hold, 'siteId'>): Promise<boolean>;
  /** Lifts a hold. @returns false when the conversation is not held */
  liftHold(id: ConversationId): Promise<boolean>;
  /** At most `limit` holds in the order of the ids of their conversations, those after `after`. */
  listHolds(limit: number, after?: string): Promise<Hold[]>;
  /**
   * Claims a job, or extends a claim of the same holder.
   * @returns false when it is not due, or another holder's claim has not ended
   */
  claimJob(claim: JobClaim): Promise<boolean>;
  /** Records that the job is done, and ends the claim. No effect when the holder has lost it. */
  finishJob(job: Pick<JobClaim, 'name' | 'holder' | 'nowMs'>): Promise<void>;
}
