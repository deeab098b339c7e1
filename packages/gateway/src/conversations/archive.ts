/** A principal's conversations as a whole: list, rename, export and erase. */
import { ChatError, type ConversationId, type Message } from '@rivulet/protocol';
import { ownerOf, readOwnConversation } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import { createTimeSlice, type Clock } from '../base/index.ts';
import { ERASED_AT_ONCE, eraseRest, type ErasureOptions } from './erasure.ts';
import { heldError, someHeldError } from './held-error.ts';
import { stopRuns } from './stop-runs.ts';
import type {
  ConversationRecord,
  ListedConversation,
  ListOptions,
  Owner,
  Store,
  UnsettledMessage,
} from '../stores/store.ts';
import type { Moderation } from '../moderation/moderation.ts';
import type { Sites } from '../sites/sites.ts';

/** What is being erased, for systems outside the gateway that hold a copy. */
export interface Erased {
  /** The owner of the conversations. */
  owner: Owner;
  /** The conversations; all of the owner's but `heldIds` when `scope` is `everything`. */
  conversationIds: readonly ConversationId[];
  /** Conversations of the owner that are under a legal hold and stay: keep what you have of them, too. */
  heldIds: readonly ConversationId[];
  /**
   * `conversation`: one conversation. `everything`: all data of the owner but what is held. `expired`: conversations that are older than
   * their site keeps them; one that gets a message at the same moment is not erased.
   */
  scope: 'conversation' | 'everything' | 'expired';
}

/** What the archive needs. */
export interface ArchiveOptions extends ErasureOptions {
  clock: Clock;
  moderation: Moderation;
  sites: Pick<Sites, 'has' | 'find'>;
  /** Called before the store is erased, for example to erase a search index. When it rejects, nothing is erased. */
  onErase?: ((erased: Erased) => Promise<void>) | undefined;
}

/** Operations on the conversations of one principal. */
export interface Archive {
  /** The principal's conversations, as the options order and limit them. */
  list(principal: Principal, options: ListOptions): Promise<ListedConversation[]>;
  /**
   * Sets the title and publishes it to the viewers.
   * @throws {ChatError} not-found; bad-frame for an empty title; too-large for one of more than 200 characters;
   *   content-blocked when moderation blocks it, upstream-failed when it could not be moderated
   */
  rename(principal: Principal, id: ConversationId, title: string): Promise<ConversationRecord>;
  /**
   * Aborts the runs of the conversation, then erases its files, messages and events. Its viewers are notified.
   * @throws {ChatError} not-found; conflict when it is held, and stays
   */
  erase(principal: Principal, id: ConversationId): Promise<void>;
  /** Yields every conversation with its messages, one at a time. */
  readAll(principal: Principal): AsyncIterable<ConversationRecord & { messages: Message[] }>;
  /**
   * Erases all conversations and files. Usage records are kept without their owner.
   * @returns the number of conversations
   * @throws {ChatError} conflict when some are held, and stay; everything else is erased then
   */
  eraseAll(principal: Principal): Promise<number>;
}

const MAX_TITLE_CHARS = 200;
/** How long to wait for the next aborted run to end, on whichever gateway. The run of a crashed gateway never ends by itself. */
const RUN_END_TIMEOUT_MS = 1_000;
const POLL_INTERVAL_MS = 50;

/** Creates the archive of one gateway. */
export function createArchive(options: ArchiveOptions): Archive {
  const { store } = options;
  return {
    list: (principal, listOptions) => store.listConversations(ownerOf(principal), listOptions),
    rename: (principal, id, title) => rename(options, { principal, id, title }),
    async erase(principal, id) {
      const { siteId, ownerId, isHeld } = await readOwnConversation(store, {
        principal,
        action: 'erase-conversation',
        conversationId: id,
      });
      if (isHeld) throw heldError();
      const erased: Erased = {
        owner: { siteId, ownerId },
        conversationIds: [id],
        heldIds: [],
        scope: 'conversation',
      };
      await options.onErase?.(erased);
      await erase(options, id);
    },
    async *readAll(principal) {
      for (const { id } of await allOf(store, ownerOf(principal))) {
        // The conversation may have been erased since the list was read.
        const record = await store.readConversation(id);
        if (record !== undefined) yield { ...record, messages: await store.readMessages(id) };
      }
    },
    async eraseAll(principal) {
      const owner = ownerOf(principal);
      const all = await allOf(store, owner);
      const conversationIds = all.flatMap(({ id, isHeld }) => (isHeld ? [] : [id]));
      const heldIds = all.flatMap(({ id, isHeld }) => (isHeld ? [id] : []));
      await options.onErase?.({ owner, conversationIds, heldIds, scope: 'everything' });
      return eraseOwner(options, owner, conversationIds);
    },
  };
}

const allOf = (store: Store, owner: Owner): Promise<ListedConversation[]> =>
  store.listConversations(owner, { limit: Number.MAX_SAFE_INTEGER });

interface RenameInput {
  principal: Principal;
  id: ConversationId;
  title: string;
}

async function rename(
  options: ArchiveOptions,
  { principal, id, title }: RenameInput,
): Promise<ConversationRecord> {
  const { store, eventLog, mutex, clock } = options;
  const name = title.trim();
  if (name === '') throw new ChatError('bad-frame', { message: 'title: must not be empty.' });
  if (name.length > MAX_TITLE_CHARS) {
    throw new ChatError('too-large', {
      message: `The title is longer than ${MAX_TITLE_CHARS} characters; shorten it.`,
    });
  }
  const request = { principal, action: 'rename-conversation', conversationId: id } as const;
  // Before the mutex: whoever may not see the conversation must not learn from the wait that it is being written.
  await readOwnConversation(store, request);
  const { siteId } = principal;
  if (options.sites.has(siteId))
    await options.moderation.of(options.sites.find(siteId))?.check('title', name);
  return mutex.run(id, async () => {
    const record = await readOwnConversation(store, request);
    if (record.title === name) return record;
    const updatedAtMs = clock.now();
    await store.setTitle(id, name, updatedAtMs);
    await eventLog.append(id, [{ type: 'conversation-updated', title: name }]);
    return { ...record, title: name, updatedAtMs };
  });
}

/**
 * Runs are stopped first, because a reply to an erased conversation would still cost tokens. The store is erased before the log:
 * viewers that are notified by the log read the store.
 */
async function erase(options: ArchiveOptions, id: ConversationId): Promise<void> {
  const { store, eventLog, mutex } = options;
  await stopRuns(eventLog, id, await readUnfinished(store, id));
  await waitUntilEmpty(options, () => readUnfinished(store, id));
  await mutex.run(id, async () => {
    // It may be held since it was read.
    if (!(await store.eraseConversation(id))) throw heldError();
    await eraseRest(options, [id]);
  });
}

/**
 * Erases all of an owner's conversations together: the runs are stopped and awaited as one, the store deletes in one transaction.
 * One conversation after the other would take 50 ms for each that has a run.
 * @returns the number of conversations
 */
async function eraseOwner(
  options: ArchiveOptions,
  owner: Owner,
  conversationIds: readonly ConversationId[],
): Promise<number> {
  const { store, eventLog, mutex, uploads } = options;
  const slice = createTimeSlice();
  const unfinished = () => unsettledOf(store, new Set(conversationIds));
  for (const { conversationId, runId } of await unfinished()) {
    await eventLog.broadcast({ kind: 'abort', conversationId, runId });
    await slice.spend();
  }
  await waitUntilEmpty(options, unfinished);
  // With conversations that were created meanwhile. Their viewers are notified later, by `eraseRemains`.
  const erased = await store.eraseOwner(owner);
  const kept = await allOf(store, owner);
  // By owner and not by conversation, so that files which were not sent go, too.
  await uploads.eraseOwner(
    owner,
    kept.map(({ id }) => id),
  );
  for (let from = 0; from < conversationIds.length; from += ERASED_AT_ONCE) {
    const batch = conversationIds.slice(from, from + ERASED_AT_ONCE);
    await Promise.all(batch.map((id) => mutex.run(id, () => eventLog.erase(id))));
    await slice.spend();
  }
  await store.retention.forgetErased(conversationIds);
  await store.anonymiseUsage(owner);
  const held = kept.filter(({ isHeld }) => isHeld).length;
  if (held > 0) throw someHeldError(erased, held);
  return erased;
}

async function unsettledOf(store: Store, ids: ReadonlySet<ConversationId>): Promise<UnsettledMessage[]> {
  return (await store.listUnsettled()).filter(({ conversationId }) => ids.has(conversationId));
}

/** Resolves when the store, which all gateways share, holds no unfinished run of those, or when none has ended for a while. */
async function waitUntilEmpty(
  { clock }: ArchiveOptions,
  readRuns: () => Promise<readonly unknown[]>,
): Promise<void> {
  let [fewest, untilMs] = [Infinity, 0];
  for (;;) {
    const { length } = await readRuns();
    if (length === 0) return;
    if (length < fewest) [fewest, untilMs] = [length, clock.now() + RUN_END_TIMEOUT_MS];
    else if (clock.now() >= untilMs) return;
    await new Promise<void>((resolve) => clock.after(POLL_INTERVAL_MS, resolve));
  }
}

async function readUnfinished(store: Store, id: ConversationId): Promise<Message[]> {
  const standing = await store.readStanding(id);
  return (standing?.unfinished ?? []).map(({ answer }) => answer);
}
