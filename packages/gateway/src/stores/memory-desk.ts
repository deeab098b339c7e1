/** The desk of the memory store. */
import type { ConversationId } from '@rivulet/protocol';
import { isFound, type Entry } from './memory-entry.ts';
import { searchText } from './search-text.ts';
import {
  deskPageOf,
  deskScanOf,
  NO_DESK,
  toDeskFilter,
  waitingOf,
  type DeskChange,
  type DeskQuery,
  type DeskStore,
} from './desk-store.ts';
import type { ConversationRecord } from './store.ts';

/** Creates the desk of a store in memory. @param settle does the work as the store does: not when it is closed */
export function createMemoryDesk(
  entries: ReadonlyMap<ConversationId, Entry>,
  settle: <Result>(work: () => Result) => Promise<Result>,
): DeskStore {
  return {
    change: (change) => settle(() => changeEntry(entries.get(change.conversationId), change)),
    list: (query) =>
      settle(() =>
        structuredClone(
          [...entries.values()]
            .map(({ record }) => record)
            .filter((record) => isListed(record, query))
            .sort(comparePlaces)
            .slice(0, query.limit),
        ),
      ),
    search: (query) =>
      settle(() => {
        const text = searchText(query.text);
        const looked = [...entries.values()]
          .filter(({ record }) => isListed(record, query))
          .sort((one, other) => comparePlaces(one.record, other.record))
          .slice(0, deskScanOf(query))
          .map((entry) => ({ conversation: structuredClone(entry.record), isFound: isFound(entry, text) }));
        return deskPageOf(looked, query);
      }),
  };
}

function changeEntry(entry: Entry | undefined, { next, message, nowMs }: DeskChange): 'changed' | 'moved' {
  if (entry === undefined) return 'moved';
  const { revision } = entry.record.desk ?? NO_DESK;
  if (next.revision !== revision + 1) return 'moved';
  if (message !== undefined) {
    const newest = [...entry.messages.keys()].at(-1) ?? null;
    if (newest !== message.newestId || entry.messages.has(message.value.id)) return 'moved';
    entry.messages.set(message.value.id, structuredClone(message.value));
    entry.record.updatedAtMs = nowMs;
  }
  entry.record.desk = structuredClone(next);
  return 'changed';
}

function isListed({ id, siteId, desk = NO_DESK }: ConversationRecord, query: DeskQuery): boolean {
  const { kind, personId, place } = toDeskFilter(query);
  if (siteId !== query.siteId || desk.owner.kind === 'ai' || desk.status !== query.status) return false;
  if (kind !== null && desk.owner.kind !== kind) return false;
  if (personId !== null && desk.owner.person?.id !== personId) return false;
  return compare([waitingOf(desk), id], place) > 0;
}

const comparePlaces = (one: ConversationRecord, other: ConversationRecord): number =>
  compare([waitingOf(one.desk ?? NO_DESK), one.id], [waitingOf(other.desk ?? NO_DESK), other.id]);

function compare(one: readonly [number, string], other: readonly [number, string]): number {
  return one[0] - other[0] || (one[1] === other[1] ? 0 : one[1] < other[1] ? -1 : 1);
}
