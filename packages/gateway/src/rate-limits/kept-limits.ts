/** What is kept for one visitor: conversations and bytes of messages. */
import { type Clock, refusal, settingOfLimit, type RateLimitName } from '../base/index.ts';
import type { ConversationId } from '@rivulet/protocol';
import type { OwnerKept, Store } from '../stores/store.ts';
import type { LimitedSite, RateLimits } from './settings.ts';
import { OFF } from './settings.ts';

/** What `createKeptLimits` needs. */
export interface KeptLimitsOptions {
  store: Pick<Store, 'readKept' | 'readConversation'>;
  limitsOf: (site: LimitedSite | undefined) => RateLimits;
  clock: Clock;
}

/** A message of a known visitor. */
export interface KeptMessage {
  site: LimitedSite;
  visitorId: string;
  conversationId: ConversationId;
}

/** Checks what is kept. @throws {ChatError} `quota-exceeded` when the message would be too much */
export type CheckKept = (message: KeptMessage) => Promise<void>;

/** The size of a visitor is read so often at most, and beside the message: a run does not wait for it. */
const READ_INTERVAL_MS = 10_000;
/** Beyond it the visitor who was seen first is forgotten, and read again. */
const MAX_VISITORS = 10_000;

interface Known {
  kept: OwnerKept | undefined;
  readAtMs: number;
}

/**
 * Creates the check. It decides by what was read last, at most ten seconds ago, so that a visitor can exceed a limit by the messages
 * of ten seconds. A refusal is decided by a new read: what was erased counts no more.
 */
export function createKeptLimits({ store, limitsOf, clock }: KeptLimitsOptions): CheckKept {
  const known = new Map<string, Known>();
  const read = async (message: KeptMessage): Promise<OwnerKept> => {
    const key = keyOf(message);
    known.delete(key);
    const entry: Known = { kept: undefined, readAtMs: clock.now() };
    known.set(key, entry);
    const [oldest = key] = known.keys();
    if (known.size > MAX_VISITORS) known.delete(oldest);
    entry.kept = await store.readKept({ siteId: message.site.id, ownerId: message.visitorId });
    return entry.kept;
  };
  return async (message) => {
    const { conversations, keptBytes } = limitsOf(message.site).visitor;
    if (conversations === OFF && keptBytes === OFF) return;
    const before = known.get(keyOf(message));
    const isOver = (kept: OwnerKept) =>
      (keptBytes !== OFF && kept.bytes >= keptBytes) ||
      (conversations !== OFF && kept.conversations >= conversations);
    if (before?.kept === undefined || !isOver(before.kept)) {
      const isStale = before === undefined || clock.now() - before.readAtMs >= READ_INTERVAL_MS;
      if (isStale) read(message).catch(() => known.delete(keyOf(message))); // the message itself reports a store that fails
      return;
    }
    const kept = await read(message);
    if (keptBytes !== OFF && kept.bytes >= keptBytes) throw tooMuch('visitor-kept-bytes', keptBytes);
    if (conversations === OFF || kept.conversations < conversations) return;
    // Conversations that exist may go on.
    if ((await store.readConversation(message.conversationId)) !== undefined) return;
    throw tooMuch('visitor-conversations', conversations);
  };
}

const keyOf = ({ site, visitorId }: KeptMessage): string => `${site.id} ${visitorId}`;

function tooMuch(limit: RateLimitName, bound: number) {
  const { words } = settingOfLimit(limit);
  const message = `A visitor may keep ${bound} ${words}; delete some conversations, then send again.`;
  return refusal('quota-exceeded', limit, { message });
}
