/** The second half of every erasure: what the store no longer has is erased from the files and from the event log. */
import type { ConversationId } from '@rivulet/protocol';
import type { KeyedMutex } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Store } from '../stores/store.ts';
import type { Uploads } from './uploads.ts';

/** What an erasure needs. */
export interface ErasureOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  uploads: Uploads;
}

/** Conversations that are erased together: few enough that nobody waits long for one transaction. */
export const ERASED_AT_ONCE = 64;

/**
 * Runs `work` while nothing else is written to these conversations by this gateway: a message that arrives meanwhile would create one of
 * them again, and lose its events. The mutexes are taken in one order, so that no two callers wait for each other.
 */
export function holdingAll<Result>(
  mutex: KeyedMutex,
  ids: readonly ConversationId[],
  work: () => Promise<Result>,
): Promise<Result> {
  return ids.toSorted().reduceRight<() => Promise<Result>>((inner, id) => () => mutex.run(id, inner), work)();
}

/**
 * Erases the files and the events of conversations that the store has erased; their viewers are notified. The caller holds their mutexes.
 * May be repeated. The store forgets them last: after a crash the rest is erased by `eraseRemains`.
 * @returns the number of files
 */
export async function eraseRest(
  { store, eventLog, uploads }: ErasureOptions,
  ids: readonly ConversationId[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const files = await uploads.eraseConversations(ids);
  await Promise.all(ids.map((id) => eventLog.erase(id)));
  await store.retention.forgetErased(ids);
  return files;
}

/** Finishes erasures that a crash has interrupted, on whichever gateway. One that is on its way is finished twice, which does no harm. */
export async function eraseRemains(options: ErasureOptions): Promise<void> {
  for (;;) {
    const ids = await options.store.retention.listErased(ERASED_AT_ONCE);
    if (ids.length === 0) return;
    await holdingAll(options.mutex, ids, async () => eraseRest(options, await goneOf(options.store, ids)));
  }
}

/** Those whose id was not taken again by a message while the mutexes were awaited. */
async function goneOf(store: Store, ids: readonly ConversationId[]): Promise<ConversationId[]> {
  const records = await Promise.all(ids.map((id) => store.readConversation(id)));
  return ids.filter((_id, index) => records[index] === undefined);
}
