/** The desk: a person takes a conversation over from the model, answers it, and gives it back. */
import {
  ChatError,
  textOf,
  isBlank,
  type ConversationId,
  type ConversationOwner,
  type Message,
  type MessageId,
  type Participant,
  type UserPart,
} from '@rivulet/protocol';
import { readOwnConversation } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import type { Clock, KeyedMutex, Limits } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { NO_DESK, type DeskConversation, type DeskQuery, type DeskRecord } from '../stores/desk-store.ts';
import type { Store } from '../stores/store.ts';
import { announceOwner } from './announce-owner.ts';
import { storedMessage } from './desk-message.ts';

/** What the desk needs. */
export interface DeskOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  clock: Clock;
  limits: Pick<Limits, 'leaseMs' | 'sweepMs' | 'maxMessageChars'>;
}

/** What a person writes. */
export interface DeskReply {
  /** It is also the idempotency key: the same reply again changes nothing. */
  messageId: MessageId;
  parts: readonly UserPart[];
}

/**
 * What people do at the desk. It does not check who they are: its callers do. Each method rejects with ChatError `not-found` when the
 * conversation does not exist.
 */
export interface Desk {
  /**
   * Makes a person the owner. Resolves when the log has it: the running answer has ended then, with its text, and no delta of it follows.
   * The same person again changes nothing.
   * @throws {ChatError} conflict, naming them, when another person has it; internal when an answer did not end: try again
   */
  takeOver(id: ConversationId, person: Participant): Promise<DeskRecord>;
  /** Gives it to another person. @throws {ChatError} conflict when `from` does not have it */
  transfer(id: ConversationId, from: Participant, to: Participant): Promise<DeskRecord>;
  /** Gives it back to the model, which answers the next message. @throws {ChatError} conflict when this person does not have it */
  release(id: ConversationId, person: Participant): Promise<DeskRecord>;
  /**
   * Adds a message of the person who has it. Resolves when the log has it.
   * @throws {ChatError} conflict when this person does not have it, or the id was used for another message; bad-frame when it is blank;
   *   too-large
   */
  reply(id: ConversationId, person: Participant, reply: DeskReply): Promise<Message>;
  /** A visitor asks for a person: the answer ends, and the conversation waits. Changes nothing when a person has it, or should. */
  requestPerson(principal: Principal, id: ConversationId): Promise<DeskRecord>;
  /** Changes the state. A message of the visitor opens it again. @param snoozedUntilMs milliseconds since 1970, with `snoozed` */
  setStatus(id: ConversationId, status: DeskRecord['status'], snoozedUntilMs?: number): Promise<DeskRecord>;
  /** The conversations that a person answers, or should; whose visitor has waited longest comes first. */
  list(query: DeskQuery): Promise<DeskConversation[]>;
}

/** Creates the desk of one gateway. */
export function createDesk(options: DeskOptions): Desk {
  const { store, eventLog, mutex, clock } = options;
  const change = (id: ConversationId, decide: Decide) =>
    mutex.run(id, () => changeRecord(options, id, decide));
  const handOn = (id: ConversationId, from: Participant, owner: NewOwner) =>
    mutex.run(id, async () => {
      const desk = await changeRecord(options, id, (before) => {
        checkHas(before, from);
        return withOwner(before, owner, clock.now());
      });
      await eventLog.append(id, [{ type: 'owner-changed', owner: desk.owner }]);
      return desk;
    });
  const takeFromAi = async (id: ConversationId, decide: Decide) => {
    await change(id, decide);
    return announceOwner(options, id);
  };
  return {
    takeOver: (id, person) =>
      takeFromAi(id, (desk) => {
        const { kind, person: other } = desk.owner;
        if (kind !== 'person') return withOwner(desk, { kind: 'person', person }, clock.now());
        if (other?.id !== person.id) throw takenError(other);
        return undefined;
      }),
    transfer: (id, from, person) => handOn(id, from, { kind: 'person', person }),
    release: (id, person) => handOn(id, person, { kind: 'ai' }),
    reply: (id, person, reply) => addReply(options, { id, person, reply }),
    async requestPerson(principal, id) {
      await readOwnConversation(store, { principal, action: 'request-person', conversationId: id });
      return takeFromAi(id, (desk) =>
        desk.owner.kind === 'ai'
          ? withOwner({ ...desk, waitingSinceMs: clock.now() }, { kind: 'queue' }, clock.now())
          : undefined,
      );
    },
    setStatus: (id, status, snoozedUntilMs) =>
      change(id, ({ snoozedUntilMs: _before, ...desk }) => ({
        ...{ ...desk, revision: desk.revision + 1, status },
        ...(status === 'snoozed' && snoozedUntilMs !== undefined ? { snoozedUntilMs } : {}),
      })),
    list: (query) => store.desk.list(query),
  };
}

type NewOwner = Pick<ConversationOwner, 'kind' | 'person'>;
/** @returns the record after a change; undefined when nothing changes */
type Decide = (before: DeskRecord) => DeskRecord | undefined;

/** Who waits goes on waiting for a person, but not for the model. */
function withOwner({ waitingSinceMs, ...desk }: DeskRecord, owner: NewOwner, nowMs: number): DeskRecord {
  const isWaiting = owner.kind !== 'ai' && waitingSinceMs !== undefined;
  return {
    ...desk,
    revision: desk.revision + 1,
    owner: { ...owner, number: desk.owner.number + 1, sinceMs: nowMs },
    status: owner.kind === 'ai' ? desk.status : 'open',
    ...(isWaiting ? { waitingSinceMs } : {}),
  };
}

/** Another gateway may change the record between the read and the write: then it is read again. The caller holds the mutex. */
async function changeRecord(
  { store, clock }: DeskOptions,
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

/** @throws {ChatError} conflict */
function checkHas({ owner }: DeskRecord, { id }: Participant): void {
  if (owner.person?.id !== id) throw takenError(owner.person);
}

const takenError = (other: Participant | undefined): ChatError =>
  new ChatError('conflict', {
    message:
      other === undefined
        ? 'You have not taken this conversation over.'
        : `${other.name} has this conversation.`,
  });

interface ReplyInput {
  id: ConversationId;
  person: Participant;
  reply: DeskReply;
}

/** Store first, log second. The entry of the take-over comes before the reply, also after a crash of the gateway that made it. */
async function addReply(options: DeskOptions, { id, person, reply }: ReplyInput): Promise<Message> {
  const { store, eventLog, mutex, clock, limits } = options;
  const { messageId, parts } = reply;
  if (isBlank(parts)) throw new ChatError('bad-frame', { message: 'parts: must not be blank.' });
  if (textOf({ parts: [...parts] }).length > limits.maxMessageChars)
    throw new ChatError('too-large', {
      message: `The message is longer than ${limits.maxMessageChars} characters; shorten it.`,
    });
  await announceOwner(options, id);
  return mutex.run(id, async () => {
    for (;;) {
      const standing = await store.readStanding(id, messageId);
      if (standing === undefined) throw new ChatError('not-found');
      const { waitingSinceMs: _answered, ...desk } = standing.record.desk ?? NO_DESK;
      const stored = storedMessage(standing.named?.message, { role: 'agent', parts });
      if (stored !== undefined) return stored;
      checkHas(desk, person);
      const nowMs = clock.now();
      const { newestId } = standing;
      const value: Message = {
        ...{ id: messageId, role: 'agent', parentId: newestId, parts: [...parts], createdAtMs: nowMs },
        author: person,
      };
      const next = { ...desk, revision: desk.revision + 1, firstResponseMs: desk.firstResponseMs ?? nowMs };
      const change = { conversationId: id, next, message: { value, newestId }, nowMs };
      if ((await store.desk.change(change)) === 'moved') continue;
      await eventLog.append(id, [{ type: 'message-added', message: value }]);
      return value;
    }
  });
}
