/** The desk: a person takes a conversation over from the model, answers it, and gives it back. */
import { ChatError, type ConversationId, type Message, type Participant } from '@rivulet/protocol';
import { readOwnConversation } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import {
  type DeskConversation,
  type DeskPage,
  type DeskQuery,
  type DeskRecord,
} from '../stores/desk-store.ts';
import { announceOwner } from './announce-owner.ts';
import { changeRecord, checkHas, takenError, withOwner, type Decide, type NewOwner } from './desk-record.ts';
import { createPersonRequests, type PersonRequests } from './desk-request.ts';
import type { Staffing } from './desk-team.ts';
import { decideCall, type CallDecision, type DecideCallOptions } from './desk-calls.ts';
import { addReply, type DeskReply, type DeskReplyOptions } from './desk-reply.ts';

/** What the desk needs. */
export interface DeskOptions extends DecideCallOptions, DeskReplyOptions {}

/** What became of a change of the state. */
export interface StatusChange {
  desk: DeskRecord;
  /** Whether it had another state before. */
  hasChanged: boolean;
}

/** Where a visitor wants to be answered. */
export interface VisitorAddress {
  name?: string | undefined;
  email: string;
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
   * @throws {ChatError} conflict when this person does not have it, the id was used for another message, or a file belongs to another
   *   conversation; bad-frame when it is blank; not-found for a file of somebody else; too-large
   */
  reply(id: ConversationId, person: Participant, reply: DeskReply): Promise<Message>;
  /**
   * Gives it to a person, whoever has it: `from`, or nobody when that is absent. Resolves as `takeOver`.
   * @throws {ChatError} conflict when somebody else has it by now; internal when an answer did not end: try again
   */
  assign(id: ConversationId, from: Participant | undefined, to: Participant): Promise<DeskRecord>;
  /**
   * A visitor asks for a person: the answer ends, and the conversation waits, or is somebody's at once. Changes nothing when a person has
   * it, or should.
   * @param staff says who is there. Default: somebody, and whoever takes it has it
   */
  requestPerson(
    principal: Principal,
    id: ConversationId,
    staff?: () => Promise<Staffing>,
  ): Promise<DeskRecord>;
  /** Keeps where the visitor wants to be answered. @throws {ChatError} conflict when the model has the conversation; bad-frame for no address */
  leaveAddress(principal: Principal, id: ConversationId, contact: VisitorAddress): Promise<DeskRecord>;
  /** Decides about a tool call that waits for approval. @throws {ChatError} not-found; conflict when it waits for none */
  decideCall(id: ConversationId, decision: CallDecision): Promise<void>;
  /** Keeps that a person has seen what the visitor wrote. */
  markSeen(id: ConversationId, personId: string): Promise<void>;
  /** Opens a conversation that is snoozed until a time that has come. @param nowMs milliseconds since 1970 */
  wake(id: ConversationId, nowMs: number): Promise<DeskRecord>;
  /** Changes the state. A message of the visitor opens it again. @param snoozedUntilMs milliseconds since 1970, with `snoozed` */
  setStatus(id: ConversationId, status: DeskRecord['status'], snoozedUntilMs?: number): Promise<StatusChange>;
  /** The conversations that a person answers, or should; whose visitor has waited longest comes first. */
  list(query: DeskQuery): Promise<DeskConversation[]>;
  /** Those with a text. @see DeskStore.search */
  search(query: DeskQuery & { text: string }): Promise<DeskPage>;
}

/** The desk with what the gateway's own runs need of it. */
export interface DeskForRuns extends Desk {
  /**
   * A person is asked for within an answer, which goes on to its own end; what waits behind it is stopped. The conversation accepts no run
   * from then on, and the owner is logged with the end of the answer. Changes nothing when a person has it, or should.
   * @throws {ChatError} conflict when the answer has ended already
   */
  requestInRun: PersonRequests['requestInRun'];
  /**
   * Logs who has the conversation, after the end of its runs. Again changes nothing.
   * @throws {ChatError} internal when an answer did not end: try again
   */
  announce(id: ConversationId): Promise<DeskRecord>;
}

/** Creates the desk of one gateway. */
export function createDesk(options: DeskOptions): DeskForRuns {
  return {
    ...createOwnerChanges(options),
    ...createStateChanges(options),
    ...createPersonRequests(options),
    announce: (id) => announceOwner(options, id),
    reply: (id, person, reply) => addReply(options, { id, person, reply }),
    decideCall: (id, decision) => decideCall(options, id, decision),
    list: (query) => options.store.desk.list(query),
    search: (query) => options.store.desk.search(query),
  };
}

/** Changes of the owner. Each is logged before it resolves. */
function createOwnerChanges(
  options: DeskOptions,
): Pick<Desk, 'takeOver' | 'transfer' | 'release' | 'assign'> {
  const { eventLog, mutex, clock } = options;
  const handingOn =
    (from: Participant, owner: NewOwner): Decide =>
    (before) => {
      checkHas(before, from);
      return withOwner(before, owner, clock.now());
    };
  const giveTo = async (id: ConversationId, decide: Decide) => {
    await mutex.run(id, () => changeRecord(options, id, decide));
    return announceOwner(options, id);
  };
  const takeOver = (id: ConversationId, person: Participant) =>
    giveTo(id, (desk) => {
      const { kind, person: other } = desk.owner;
      if (kind !== 'person') return withOwner(desk, { kind: 'person', person }, clock.now());
      if (other?.id !== person.id) throw takenError(other);
      return undefined;
    });
  return {
    takeOver,
    // The answer in which the first person was asked for may not have ended yet.
    transfer: (id, from, person) => giveTo(id, handingOn(from, { kind: 'person', person })),
    release: (id, person) =>
      mutex.run(id, async () => {
        const desk = await changeRecord(options, id, handingOn(person, { kind: 'ai' }));
        await eventLog.append(id, [{ type: 'owner-changed', owner: desk.owner }]);
        return desk;
      }),
    assign: (id, from, to) =>
      from === undefined ? takeOver(id, to) : giveTo(id, handingOn(from, { kind: 'person', person: to })),
  };
}

/** Whether it can be one at all. Whether it is the visitor's is not known. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const next = (desk: DeskRecord, changes: Partial<DeskRecord>): DeskRecord => ({
  ...desk,
  ...changes,
  revision: desk.revision + 1,
});

/** Changes that do not change who answers. Only that there is an address is logged. */
function createStateChanges(
  options: DeskOptions,
): Pick<Desk, 'leaveAddress' | 'markSeen' | 'setStatus' | 'wake'> {
  const { store, mutex, clock } = options;
  const change = (id: ConversationId, decide: Decide) =>
    mutex.run(id, () => changeRecord(options, id, decide));
  return {
    async leaveAddress(principal, id, contact) {
      if (!EMAIL.test(contact.email))
        throw new ChatError('bad-frame', { message: 'email: expected an e-mail address.' });
      await readOwnConversation(store, { principal, action: 'leave-address', conversationId: id });
      await change(id, (desk) => {
        const { owner } = desk;
        if (owner.kind === 'ai')
          throw new ChatError('conflict', { message: 'This conversation waits for nobody.' });
        return next(desk, {
          contact: { ...contact, consentAtMs: clock.now() },
          owner: { ...owner, number: owner.number + 1, hasAddress: true },
        });
      });
      // Every viewer learns that there is an address, and nobody is asked for one again.
      return announceOwner(options, id);
    },
    async markSeen(id, personId) {
      await change(id, (desk) => {
        const { visitorMs = 0, seenMs = {} } = desk;
        if (visitorMs <= (seenMs[personId] ?? 0)) return undefined;
        return next(desk, { seenMs: { ...seenMs, [personId]: Math.max(clock.now(), visitorMs) } });
      });
    },
    async setStatus(id, status, snoozedUntilMs) {
      let hasChanged = false;
      const until = status === 'snoozed' && snoozedUntilMs !== undefined ? { snoozedUntilMs } : {};
      const desk = await change(id, ({ snoozedUntilMs: before, ...record }) => {
        hasChanged = record.status !== status;
        if (!hasChanged && before === until.snoozedUntilMs) return undefined;
        return next(record, { status, ...until });
      });
      return { desk, hasChanged };
    },
    wake: (id, nowMs) =>
      change(id, ({ snoozedUntilMs, ...desk }) =>
        desk.status === 'snoozed' && snoozedUntilMs !== undefined && snoozedUntilMs <= nowMs
          ? next(desk, { status: 'open' })
          : undefined,
      ),
  };
}
