/** A person is asked for: by the visitor, whose running answer ends, or within an answer, which goes on to its own end. */
import { ChatError, type ConversationId, type LoggedEventBody, type RunId } from '@rivulet/protocol';
import { readOwnConversation } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import { NO_DESK, type DeskRecord } from '../stores/desk-store.ts';
import type { Standing, Store } from '../stores/store.ts';
import { announceOwner, type AnnounceOptions } from './announce-owner.ts';
import { changeRecord, withOwner, type NewOwner } from './desk-record.ts';
import type { Staffing } from './desk-team.ts';
import { stopRuns } from './stop-runs.ts';

/** Says who is there. Default: somebody, and whoever takes the conversation has it. */
export type Staff = () => Promise<Staffing>;

/** The answer in which a person is asked for. */
export interface AskingRun {
  conversationId: ConversationId;
  runId: RunId;
}

/** The requests of the desk. @see Desk */
export interface PersonRequests {
  requestPerson(principal: Principal, id: ConversationId, staff?: Staff): Promise<DeskRecord>;
  requestInRun(run: AskingRun, staff?: Staff): Promise<DeskRecord>;
}

/** Creates the requests of one gateway. */
export function createPersonRequests(options: AnnounceOptions): PersonRequests {
  const { store, mutex, clock } = options;
  return {
    async requestPerson(principal, id, staff) {
      const request = { principal, action: 'request-person', conversationId: id } as const;
      const { desk = NO_DESK } = await readOwnConversation(store, request);
      // Whoever asks again may do so because the gateway that they asked has died before it was logged.
      if (desk.owner.kind !== 'ai') return announceOwner(options, id);
      const owner = ownerOf(await staff?.());
      const decide = (before: DeskRecord) =>
        before.owner.kind === 'ai' ? asking(before, owner, clock.now()) : undefined;
      await mutex.run(id, () => changeRecord(options, id, decide));
      return announceOwner(options, id);
    },
    async requestInRun(run, staff) {
      const { conversationId: id, runId } = run;
      const { record } = await readOfRun(store, run);
      if (record.desk !== undefined && record.desk.owner.kind !== 'ai') return record.desk;
      const owner = ownerOf(await staff?.());
      const { desk, others } = await mutex.run(id, () => changeInRun(options, run, owner));
      // Those that wait behind this answer. Their messages are for the person.
      const answers = others.map(({ answer }) => answer).filter((answer) => answer.run?.id !== runId);
      await stopRuns(options.eventLog, id, answers);
      return desk;
    },
  };
}

const asking = (before: DeskRecord, owner: NewOwner, nowMs: number): DeskRecord =>
  withOwner(
    { ...before, waitingSinceMs: nowMs, requestedMs: nowMs },
    before.contact === undefined ? owner : { ...owner, hasAddress: true },
    nowMs,
  );

/** Who has a conversation when a person was asked for. */
function ownerOf({ isAway, person }: Staffing = { isAway: false }): NewOwner {
  if (person !== undefined) return { kind: 'person', person };
  return isAway ? { kind: 'queue', isAway } : { kind: 'queue' };
}

/**
 * A gateway that was frozen, and whose run was closed by another one, changes nothing: by then a person may have had the conversation, and
 * have given it back.
 */
async function changeInRun({ store, clock }: AnnounceOptions, run: AskingRun, owner: NewOwner) {
  for (;;) {
    const { record, unfinished: others } = await readOfRun(store, run);
    const before = record.desk ?? NO_DESK;
    if (before.owner.kind !== 'ai') return { desk: before, others: [] };
    const nowMs = clock.now();
    const desk = asking(before, owner, nowMs);
    const change = { conversationId: run.conversationId, next: desk, nowMs };
    if ((await store.desk.change(change)) === 'changed') return { desk, others };
  }
}

/** @throws {ChatError} not-found; conflict when the run has ended */
async function readOfRun(store: Store, { conversationId, runId }: AskingRun): Promise<Standing> {
  const standing = await store.readStanding(conversationId);
  if (standing === undefined) throw new ChatError('not-found');
  if (!standing.unfinished.some(({ answer }) => answer.run?.id === runId))
    throw new ChatError('conflict', { message: 'The answer has ended already.' });
  return standing;
}

/**
 * The entry to log with the end of an answer in which a person was asked for, under its lease: there is no moment in which the end is
 * logged and the owner is not. Empty while another run is unfinished: then `announceOwner` logs it.
 */
export async function ownerEntryAfter(
  { store }: { store: Pick<Store, 'readStanding'> },
  id: ConversationId,
): Promise<LoggedEventBody[]> {
  const standing = await store.readStanding(id);
  const owner = standing?.record.desk?.owner;
  if (owner === undefined || owner.kind === 'ai' || standing?.unfinished.length !== 0) return [];
  return [{ type: 'owner-changed', owner }];
}
