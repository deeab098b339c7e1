/** The console of the store in memory. */
import type { ConversationId } from '@rivulet/protocol';
import { pageOf, prepareQuery } from './console-search.ts';
import { CONSOLE_RANKED } from './console-statements.ts';
import {
  FIRST_RANK,
  type AuditEntry,
  type ConsoleFilters,
  type ConsolePosition,
  type ConsoleQuery,
  type ConsoleSession,
  type ConsoleStore,
  type MessageFacts,
  type RankPosition,
  type RankQuery,
} from './console-store.ts';
import { type Entry, isFound, newestComplete } from './memory-entry.ts';
import { previewOf } from './message-text.ts';

/** Creates the console. @param settle does the work as the store does: not when it is closed */
export function createMemoryConsole(
  entries: ReadonlyMap<ConversationId, Entry>,
  settle: <Result>(work: () => Result) => Promise<Result>,
): ConsoleStore {
  const sessions = new Map<string, ConsoleSession>();
  const audit: AuditEntry[] = [];
  const valid = (nowMs: number) => [...sessions.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  return {
    addSession: (session) =>
      settle(() => {
        sessions.set(session.id, { ...session });
      }),
    findSession: (digest, nowMs) => settle(() => valid(nowMs).find((each) => each.digest === digest)),
    listSessions: (nowMs) =>
      settle(() =>
        valid(nowMs)
          .sort((one, other) =>
            downwards({ ...one, atMs: one.createdAtMs }, { ...other, atMs: other.createdAtMs }),
          )
          .slice(0, 1_000),
      ),
    endSession: (id) => settle(() => sessions.delete(id)),
    endSessionsOf: (marks) =>
      settle(() => {
        for (const { id, tokenId } of sessions.values())
          if (marks.every((mark) => tokenId.includes(mark))) sessions.delete(id);
      }),
    forgetSessions: (nowMs) =>
      settle(() => {
        for (const { id, expiresAtMs } of sessions.values()) if (expiresAtMs <= nowMs) sessions.delete(id);
      }),
    appendAudit: (entry) =>
      settle(() => {
        audit.push({ ...entry });
      }),
    listAudit: (after, limit) =>
      settle(() =>
        audit
          .filter((entry) => downwards(after, entry) < 0)
          .sort(downwards)
          .slice(0, limit),
      ),
    search: (query) => settle(() => search([...entries.values()], query)),
    rank: (query) => settle(() => rank([...entries.values()], query)),
    readFacts: (id) => settle(() => factsIn(entries.get(id))),
  };
}

/** Newer before older; of the same time, by id downwards. */
function downwards(one: ConsolePosition, other: ConsolePosition): number {
  return other.atMs - one.atMs || (one.id === other.id ? 0 : one.id < other.id ? 1 : -1);
}

function search(entries: readonly Entry[], query: ConsoleQuery) {
  const { ref, after } = query;
  const positionOf = ({ record }: Entry): ConsolePosition => ({ id: record.id, atMs: record.updatedAtMs });
  const sorted = entries
    .filter((entry) => isAsked(entry, query) && (ref === undefined || hasRun(entry, ref)))
    .map((entry) => ({ entry, position: positionOf(entry) }))
    .filter(({ position }) => downwards(after, position) < 0)
    .sort((one, other) => downwards(one.position, other.position));
  return foundOf(sorted, query);
}

function rank(entries: readonly Entry[], query: RankQuery) {
  const { sort, beforeMs, after = FIRST_RANK } = query;
  const positionOf = ({ record: { id }, totals: { costPico, ratedDown } }: Entry): RankPosition => ({
    ...{ id, costPico: costPico ?? -1, ratedDown: sort === 'rating' ? ratedDown : 0 },
  });
  const sorted = entries
    .filter((entry) => isAsked(entry, query) && entry.record.updatedAtMs < beforeMs)
    .sort((one, other) => other.record.updatedAtMs - one.record.updatedAtMs)
    .slice(0, CONSOLE_RANKED)
    .map((entry) => ({ entry, position: positionOf(entry) }))
    .filter(({ position }) => byRank(after, position) < 0)
    .sort((one, other) => byRank(one.position, other.position));
  return foundOf(sorted, query);
}

/** The higher rank before the lower one. */
const byRank = (one: RankPosition, other: RankPosition): number =>
  other.ratedDown - one.ratedDown ||
  downwards({ ...one, atMs: one.costPico }, { ...other, atMs: other.costPico });

function foundOf<Position>(sorted: readonly { entry: Entry; position: Position }[], query: ConsoleFilters) {
  const { text, marks, model, scan } = prepareQuery(query);
  const hasMarks = ({ messages, facts }: Entry): boolean =>
    [...messages.values()].some(
      (message) =>
        marks.every((mark) => JSON.stringify(message).includes(mark)) &&
        (model === '' || JSON.stringify(facts.get(message.id) ?? '').includes(model)),
    );
  const matches = (entry: Entry) =>
    isFound(entry, text) && ((marks[0] === '' && model === '') || hasMarks(entry));
  const scanned = sorted.slice(0, scan).map(({ entry, position }) => ({
    position,
    found: matches(entry)
      ? { ...entry.record, preview: previewOf(newestComplete(entry)), totals: { ...entry.totals } }
      : undefined,
  }));
  return pageOf(scanned, query, scan);
}

const isAsked = ({ record }: Entry, { siteId, ownerId, sinceMs }: ConsoleFilters): boolean =>
  (siteId === undefined || record.siteId === siteId) &&
  (ownerId === undefined || record.ownerId === ownerId) &&
  record.updatedAtMs >= sinceMs;

const hasRun = ({ messages }: Entry, ref: string): boolean =>
  [...messages.values()].some(({ run }) => run?.id.startsWith(`r_${ref}`) === true);

/** None of a conversation that there is not. */
function factsIn(entry: Entry | undefined): MessageFacts[] {
  if (entry === undefined) return [];
  const { messages, facts } = entry;
  return [...messages.keys()].flatMap((messageId) => {
    const found = facts.get(messageId);
    return found === undefined ? [] : [{ messageId, facts: structuredClone(found) }];
  });
}
