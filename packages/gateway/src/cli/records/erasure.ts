/** Erases conversations as a gateway does: answers are ended, then the store, the files and the event log are erased. */
import { ChatError, type ConversationId } from '@rivulet/protocol';
import {
  createKeyedMutex,
  DEFAULT_LIMITS,
  randomBytes,
  silentLogger,
  systemClock,
} from '../../base/index.ts';
import type { Principal } from '../../auth/auth.ts';
import { createArchive } from '../../conversations/archive.ts';
import { createUploads } from '../../conversations/uploads.ts';
import { createSites } from '../../sites/sites.ts';
import type { Hold } from '../../stores/retention.ts';
import type { Owner, Store } from '../../stores/store.ts';
import { composeEventLog, composeFiles, composeStore } from '../compose.ts';
import type { Config } from '../config.ts';
import { StartError } from '../start-error.ts';
import { DEFAULT_SITES } from '../../gateway-options.ts';

/** The store with all that belongs to it, opened for an erasure. */
export interface Erasure {
  /** The legal holds of these conversations, with their reasons. */
  holdsOf(ids: readonly ConversationId[]): Promise<Hold[]>;
  /** @throws {ChatError} `conflict` when it is held by now */
  eraseConversation(owner: Owner, id: ConversationId): Promise<void>;
  /** Erases everything of an owner but what is held. @returns how many conversations */
  eraseOwner(owner: Owner): Promise<number>;
  /** May be called once. */
  close(): Promise<void>;
}

/**
 * Opens it.
 * @param effect `erase`: as the only owner, unless gateways share Redis. `show`: for reading
 * @throws {StartError} when a gateway uses the store, with what to do
 */
export async function openErasure(config: Config, effect: 'show' | 'erase'): Promise<Erasure> {
  const store = await composeStore(config, silentLogger);
  const eventLog = composeEventLog(config, silentLogger);
  const files = composeFiles(config);
  const close = async () => {
    await Promise.all([eventLog.close(), files.close()]);
    await store.close();
  };
  try {
    if (effect === 'erase' && !eventLog.isShared) await own(store);
  } catch (error) {
    await close();
    throw error;
  }
  const clock = systemClock;
  const archive = createArchive({
    store,
    eventLog,
    mutex: createKeyedMutex(),
    uploads: createUploads({ files, clock, random: randomBytes, limits: DEFAULT_LIMITS }),
    clock,
    // For titles, which are not written here.
    moderation: { of: () => undefined },
    sites: createSites(DEFAULT_SITES),
  });
  return {
    holdsOf: (ids) => holdsOf(store, new Set(ids)),
    eraseConversation: (owner, id) => archive.erase(principalOf(owner), id),
    async eraseOwner(owner) {
      const before = await countOf(store, owner);
      try {
        return await archive.eraseAll(principalOf(owner));
      } catch (error) {
        if (!(error instanceof ChatError) || error.code !== 'conflict') throw error;
        return before - (await countOf(store, owner)); // what is held has stayed
      }
    },
    close,
  };
}

/** The owner, as who the gateway lets in. */
const principalOf = ({ siteId, ownerId }: Owner): Principal => ({
  siteId,
  id: ownerId,
  kind: ownerId.startsWith('u_') ? 'user' : 'anonymous',
});

const countOf = async (store: Store, owner: Owner): Promise<number> =>
  (await store.listConversations(owner, { limit: Number.MAX_SAFE_INTEGER })).length;

async function own(store: Store): Promise<void> {
  try {
    await store.own();
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== 'conflict') throw error;
    throw new StartError(
      `${error.message} For an erasure, stop the gateway, erase, and start it again: its visitors connect again by themselves, and nothing was erased yet.`,
      { cause: error },
    );
  }
}

const PAGE = 1_000;

async function holdsOf(store: Store, ids: ReadonlySet<string>): Promise<Hold[]> {
  const found: Hold[] = [];
  for (let after = ''; ;) {
    const page = await store.retention.listHolds(PAGE, after);
    found.push(...page.filter(({ conversationId }) => ids.has(conversationId)));
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.conversationId;
  }
}
