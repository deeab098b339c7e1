/** What a principal has here: found, renamed, taken along, erased. */
import { ChatError, type ConversationId, type Message } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Clock } from '../base/clock.ts';
import { authorize } from './conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { KeyedMutex } from '../base/keyed-mutex.ts';
import { stopRuns } from './stop-runs.ts';
import type { ConversationRecord, ListedConversation, ListOptions, Owner, Store } from '../stores/store.ts';
import type { Uploads } from './uploads.ts';

/** What was erased, for what lives outside the store. */
export interface Erased {
  owner: Owner;
  /** All that the owner had, when `everything`. */
  conversationIds: readonly ConversationId[];
  scope: 'conversation' | 'everything';
}

export interface ArchiveOptions {
  store: Store;
  eventLog: EventLog;
  mutex: KeyedMutex;
  clock: Clock;
  uploads: Uploads;
  /** Called before the store forgets: a search index, a record of another system. What it throws stops the erasing. */
  onErase?: ((erased: Erased) => Promise<void>) | undefined;
}

export interface Archive {
  list(principal: Principal, options: ListOptions): Promise<ListedConversation[]>;
  /** @throws {ChatError} not-found, too-large, bad-frame */
  rename(principal: Principal, id: ConversationId, title: string): Promise<ConversationRecord>;
  /** Stops what is being written, then forgets it; its viewers are told. @throws {ChatError} not-found */
  erase(principal: Principal, id: ConversationId): Promise<void>;
  /** Every conversation with its messages, one after the other. */
  readAll(principal: Principal): AsyncIterable<ConversationRecord & { messages: Message[] }>;
  /** Erases all of them; what was counted stays, as nobody's. @returns how many there were. */
  eraseAll(principal: Principal): Promise<number>;
}

const MAX_TITLE_CHARS = 200;
/** How long a run may take to end after its abort, wherever it is written; one whose gateway died never does. */
const QUIET_WITHIN_MS = 2_000;
const ASK_AGAIN_MS = 50;

export function createArchive(options: ArchiveOptions): Archive {
  const { store } = options;
  return {
    list: (principal, how) => store.listConversations(ownerOf(principal), how),
    rename: (principal, id, title) => rename(options, { principal, id, title }),
    async erase(principal, id) {
      const { siteId, ownerId } = await authorize(store, principal, id);
      await options.onErase?.({ owner: { siteId, ownerId }, conversationIds: [id], scope: 'conversation' });
      await erase(options, id);
    },
    async *readAll(principal) {
      for (const id of await idsOf(store, principal)) {
        // It may be gone by the time it is its turn.
        const record = await store.readConversation(id);
        if (record !== undefined) yield { ...record, messages: await store.readMessages(id) };
      }
    },
    async eraseAll(principal) {
      const owner = ownerOf(principal);
      const conversationIds = await idsOf(store, principal);
      await options.onErase?.({ owner, conversationIds, scope: 'everything' });
      for (const id of conversationIds) await erase(options, id);
      // What was begun meanwhile; its viewers, if any, find out when they ask for it.
      const late = await store.eraseOwner(owner);
      await options.uploads.erase({ owner });
      await store.anonymiseUsage(owner);
      return conversationIds.length + late;
    },
  };
}

const ownerOf = ({ siteId, id }: Principal): Owner => ({ siteId, ownerId: id });

async function idsOf(store: Store, principal: Principal): Promise<ConversationId[]> {
  const all = await store.listConversations(ownerOf(principal), { limit: Number.MAX_SAFE_INTEGER });
  return all.map(({ id }) => id);
}

interface Renaming {
  principal: Principal;
  id: ConversationId;
  title: string;
}

async function rename(
  options: ArchiveOptions,
  { principal, id, title }: Renaming,
): Promise<ConversationRecord> {
  const { store, eventLog, mutex, clock } = options;
  const name = title.trim();
  if (name === '') throw new ChatError('bad-frame', { message: 'title: a name needs a letter.' });
  if (name.length > MAX_TITLE_CHARS) {
    throw new ChatError('too-large', {
      message: `The title is longer than ${MAX_TITLE_CHARS} characters; shorten it.`,
    });
  }
  return mutex.run(id, async () => {
    const record = await authorize(store, principal, id);
    if (record.title === name) return record;
    const updatedAtMs = clock.now();
    await store.setTitle(id, name, updatedAtMs);
    await eventLog.append(id, [{ type: 'conversation-updated', title: name }]);
    return { ...record, title: name, updatedAtMs };
  });
}

/** Runs first: a reply that is written to nowhere still costs tokens. Then the store, then the log, whose viewers look into the store. */
async function erase(options: ArchiveOptions, id: ConversationId): Promise<void> {
  const { store, eventLog, mutex, uploads } = options;
  await stopRuns(eventLog, id, await store.readMessages(id));
  await quiet(options, id);
  await mutex.run(id, async () => {
    // Files first: without the conversation nobody would know whose they were.
    await uploads.erase({ conversationId: id });
    await store.eraseConversation(id);
    await eventLog.erase(id);
  });
}

/** Resolves when no run of the conversation is unfinished in the store, where every gateway says so; at the latest after a while. */
async function quiet({ store, clock }: ArchiveOptions, id: ConversationId): Promise<void> {
  const untilMs = clock.now() + QUIET_WITHIN_MS;
  while (clock.now() < untilMs) {
    const messages = await store.readMessages(id);
    if (!messages.some(({ run }) => run?.state === 'running')) return;
    await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
  }
}
