/** The console of the store in memory. */
import type { ConversationId } from '@rivulet/protocol';
import { pageOf, prepareQuery } from './console-search.ts';
import type {
  AuditEntry,
  ConsolePosition,
  ConsoleQuery,
  ConsoleSession,
  ConsoleStore,
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
  };
}

/** Newer before older; of the same time, by id downwards. */
function downwards(one: ConsolePosition, other: ConsolePosition): number {
  return other.atMs - one.atMs || (one.id === other.id ? 0 : one.id < other.id ? 1 : -1);
}

function search(entries: readonly Entry[], query: ConsoleQuery) {
  const { siteId, ownerId, ref, after, sinceMs } = query;
  const { text, marks, scan } = prepareQuery(query);
  const matches = (entry: Entry): boolean =>
    isFound(entry, text) &&
    (marks[0] === '' ||
      [...entry.messages.values()].some((message) => hasAll(JSON.stringify(message), marks)));
  const scanned = entries
    .filter(({ record }) => siteId === undefined || record.siteId === siteId)
    .filter(({ record }) => ownerId === undefined || record.ownerId === ownerId)
    .filter((entry) => ref === undefined || hasRun(entry, ref))
    .map((entry) => ({ entry, id: entry.record.id, atMs: entry.record.updatedAtMs }))
    .filter((each) => each.atMs >= sinceMs && downwards(after, each) < 0)
    .sort(downwards)
    .slice(0, scan)
    .map(({ entry, ...position }) => ({
      ...position,
      found: matches(entry) ? { ...entry.record, preview: previewOf(newestComplete(entry)) } : undefined,
    }));
  return pageOf(scanned, query, scan);
}

const hasRun = ({ messages }: Entry, ref: string): boolean =>
  [...messages.values()].some(({ run }) => run?.id.startsWith(`r_${ref}`) === true);

const hasAll = (json: string, marks: readonly string[]): boolean =>
  marks.every((mark) => json.includes(mark));
