/** One conversation of the memory store, and the questions about it. */
import type { Message, MessageId, RunId } from '@rivulet/protocol';
import type { ConversationTotals } from './console-store.ts';
import { searchTextOf } from './message-text.ts';
import { addedByRun, type RunFacts } from './run-facts.ts';
import { searchText } from './search-text.ts';
import type { MemorySpending } from './memory-spending.ts';
import { answerWithoutRun } from './store-error.ts';
import type {
  Acceptance,
  Accepted,
  AnswerRound,
  ConversationRecord,
  EndedMessage,
  Owner,
  OwnerKept,
  UnsettledMessage,
} from './store.ts';

/** An idempotency key and what it has started. */
export interface UsedKey {
  digest: string;
  answerId: MessageId;
  runId: RunId;
  createdAtMs: number;
}

/** A conversation with everything that belongs to it. */
export interface Entry {
  record: ConversationRecord;
  /** In order: a Map keeps the position of a key that is set again. */
  messages: Map<MessageId, Message>;
  /** The rounds of answers, beside the messages, so that no other read contains them. */
  rounds: Map<MessageId, readonly AnswerRound[]>;
  /** The facts of the runs that have ended, likewise. */
  facts: Map<MessageId, RunFacts>;
  totals: ConversationTotals;
  /** What was saved with unfinished answers for whoever takes them over. */
  notes: Map<MessageId, unknown>;
  keys: Map<MessageId | RunId, UsedKey>;
  /** Messages whose run has ended and is not settled. */
  unsettled: Set<MessageId>;
  /** Why it must not be erased; undefined when it may be. */
  hold?: { sinceMs: number; reason: string } | undefined;
}

/** A new conversation without messages. */
export function createEntry({ conversationId: id, owner, nowMs, title }: Acceptance): Entry {
  const { siteId, ownerId } = owner;
  const record = { id, siteId, ownerId, title: title ?? null, createdAtMs: nowMs, updatedAtMs: nowMs };
  const maps = {
    messages: new Map(),
    rounds: new Map(),
    facts: new Map(),
    notes: new Map(),
    keys: new Map(),
  };
  return { record, ...maps, unsettled: new Set(), totals: { costPico: null, unpriced: 0, ratedDown: 0 } };
}

/** Whether both are the same visitor of the same site. */
export const isSameOwner = (one: Owner, other: Owner): boolean =>
  one.siteId === other.siteId && one.ownerId === other.ownerId;
/** Whether the conversation belongs to the owner. */
export const isOwnedBy = ({ record }: Entry, owner: Owner): boolean => isSameOwner(record, owner);

/**
 * Adds the messages of an acceptance to its conversation, which may be a new one, and reserves its budget. Writes nothing unless they are
 * accepted.
 */
export function acceptInto(
  entry: Entry,
  acceptance: Acceptance,
  spent: Pick<MemorySpending, 'add'>,
): Accepted {
  const { conversationId, owner, question, answer, digest, key, nowMs, maxRunning, newestId } = acceptance;
  if (answer.run === undefined) throw answerWithoutRun();
  if (!isOwnedBy(entry, owner)) return { kind: 'not-found' };
  const used = entry.keys.get(key);
  if (used !== undefined) {
    const { answerId, runId } = used;
    return used.digest === digest ? { kind: 'repeated', answerId, runId } : { kind: 'conflict' };
  }
  // Copied before anything is written: a value that cannot be copied must leave no trace.
  const messages = structuredClone(question === undefined ? [answer] : [question, answer]);
  if (messages.some(({ id }) => entry.messages.has(id))) return { kind: 'conflict' };
  if ((entry.record.desk?.owner.kind ?? 'ai') !== 'ai') return { kind: 'owned' };
  const newest = [...entry.messages.keys()].at(-1) ?? null;
  if (newestId !== undefined && newestId !== newest) return { kind: 'moved' };
  const running = [...entry.messages.values()].filter(({ run }) => run?.state === 'running');
  if (running.length > maxRunning) return { kind: 'busy' };
  const { reservation } = acceptance;
  const budget = reservation && spent.add([conversationId, answer.run.id], owner, reservation);
  if (budget !== undefined) return { kind: 'over-budget', budget };
  for (const message of messages) entry.messages.set(message.id, message);
  entry.keys.set(key, { digest, answerId: answer.id, runId: answer.run.id, createdAtMs: nowMs });
  entry.record.updatedAtMs = nowMs;
  return { kind: 'accepted', durable: Promise.resolve() };
}

/** Replaces and adds messages. @see Store.putMessages */
export function putInto(entry: Entry, messages: readonly Message[], nowMs: number): void {
  for (const message of structuredClone(messages)) {
    const isOver = entry.messages.get(message.id)?.run?.state === 'finished';
    if (!isOver || message.run?.state !== 'running') entry.messages.set(message.id, message);
  }
  const rated = [...entry.messages.values()].filter(({ feedback }) => feedback?.value === 'down');
  entry.totals.ratedDown = rated.length;
  entry.record.updatedAtMs = nowMs;
}

/** Ends a run. @see Store.endRun @returns false when it has ended already */
export function endInto(
  entry: Entry,
  { rounds, spent: _spent, facts, ...message }: EndedMessage,
  nowMs: number,
): boolean {
  if (entry.messages.get(message.id)?.run?.state !== 'running') return false;
  entry.messages.set(message.id, structuredClone(message));
  if (rounds !== undefined) entry.rounds.set(message.id, structuredClone(rounds));
  if (facts !== undefined) entry.facts.set(message.id, structuredClone(facts));
  const { costPico, unpriced } = addedByRun(facts);
  if (costPico !== null) entry.totals.costPico = (entry.totals.costPico ?? 0) + costPico;
  entry.totals.unpriced += unpriced;
  entry.notes.delete(message.id);
  entry.unsettled.add(message.id);
  entry.record.updatedAtMs = nowMs;
  return true;
}

/** The newest message that has text and is not being written. */
export const newestComplete = ({ messages }: Entry): Message | undefined =>
  [...messages.values()].findLast((message) => searchTextOf(message) !== '');

/** The messages whose run is `running`, or has ended and is not settled, oldest first. */
export function unsettledOf(entries: readonly Entry[]): UnsettledMessage[] {
  return entries
    .flatMap(({ record, messages, unsettled }) =>
      [...messages.values()]
        .filter(({ id, run }) => run?.state === 'running' || unsettled.has(id))
        .map((message) => ({ conversationId: record.id, message })),
    )
    .sort((one, other) => one.message.createdAtMs - other.message.createdAtMs)
    .flatMap(({ conversationId, message: { id: messageId, run } }) =>
      run === undefined ? [] : [{ conversationId, messageId, runId: run.id }],
    );
}

/** Whether the title or a complete message contains the normalised query. */
export const isFound = ({ record, messages }: Entry, query: string): boolean =>
  searchText(record.title ?? '').includes(query) ||
  [...messages.values()].some((message) => searchTextOf(message).includes(query));

/** How much the conversations of an owner keep. */
export function keptOf(entries: readonly Entry[]): OwnerKept {
  const messages = entries.flatMap((entry) => [...entry.messages.values()]);
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(JSON.stringify(message)), 0);
  return { conversations: entries.length, bytes };
}
