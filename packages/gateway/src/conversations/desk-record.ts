/** Changes of what the desk knows of a conversation: by compare and set, so that of two people one makes theirs. */
import { ChatError, type ConversationId, type ConversationOwner, type Participant } from '@rivulet/protocol';
import type { Clock } from '../base/index.ts';
import { NO_DESK, type DeskRecord } from '../stores/desk-store.ts';
import type { Store } from '../stores/store.ts';

/** An owner before they have a number. */
export type NewOwner = Omit<ConversationOwner, 'number' | 'sinceMs'>;
/** @returns the record after a change; undefined when nothing changes */
export type Decide = (before: DeskRecord) => DeskRecord | undefined;

/** The record with another owner. Who waits goes on waiting for a person, but not for the model. */
export function withOwner(
  { waitingSinceMs, requestedMs, ...desk }: DeskRecord,
  owner: NewOwner,
  nowMs: number,
): DeskRecord {
  const isOfPeople = owner.kind !== 'ai';
  return {
    ...desk,
    revision: desk.revision + 1,
    owner: { ...owner, number: desk.owner.number + 1, sinceMs: nowMs },
    status: isOfPeople ? 'open' : desk.status,
    ...(isOfPeople && waitingSinceMs !== undefined ? { waitingSinceMs } : {}),
    ...(isOfPeople && requestedMs !== undefined ? { requestedMs } : {}),
  };
}

/**
 * Changes the record. Another gateway may change it between the read and the write: then it is read again. The caller holds the mutex.
 * @throws {ChatError} not-found
 */
export async function changeRecord(
  { store, clock }: { store: Store; clock: Clock },
  id: ConversationId,
  decide: Decide,
): Promise<DeskRecord> {
  for (;;) {
    const record = await store.readConversation(id);
    if (record === undefined) throw new ChatError('not-found');
    const before = record.desk ?? NO_DESK;
    const next = decide(before);
    if (next === undefined) return before;
    if ((await store.desk.change({ conversationId: id, next, nowMs: clock.now() })) === 'changed')
      return next;
  }
}

/** @throws {ChatError} conflict when the person does not have the conversation */
export function checkHas({ owner }: DeskRecord, { id }: Participant): void {
  if (owner.person?.id !== id) throw takenError(owner.person);
}

/** The error for a person who does not have the conversation. @param other who has it */
export const takenError = (other: Participant | undefined): ChatError =>
  new ChatError('conflict', {
    message:
      other === undefined
        ? 'You have not taken this conversation over.'
        : `${other.name} has this conversation.`,
  });
