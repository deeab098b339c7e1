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
 * Erases the files, the events and the waiting webhooks of conversations that the store has erased; their viewers are notified. The caller holds their mutexes.
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
  await store.webhooks.forget(ids);
  await store.retention.forgetErased(ids);
  return files;
}

/**
 * Finishes erasures that a crash has interrupted, on whichever gateway. One that is on its way is finished twice, which does no harm.
 * @throws {Error} the first failure, when all others are finished: one file that cannot be deleted holds up no other conversation
 */
export async function eraseRemains(options: ErasureOptions): Promise<void> {
  const { store, mutex } = options;
  for (;;) {
    const ids = await store.retention.listErased(ERASED_AT_ONCE);
    const results = await Promise.allSettled(
      ids.map((id) => mutex.run(id, async () => eraseRest(options, await goneOf(store, id)))),
    );
    const failed = results.filter((result) => result.status === 'rejected');
    // Those are listed again. When there is nothing else, it is tried again later.
    if (failed.length === ids.length) {
      if (failed[0] !== undefined) throw failed[0].reason;
      return;
    }
  }
}

/** The conversation, unless a message has taken its id again while the mutex was awaited. */
const goneOf = async (store: Store, id: ConversationId): Promise<ConversationId[]> =>
  (await store.readConversation(id)) === undefined ? [id] : [];
