/** Who may follow a conversation. Its owner is read once for all viewers that it has on this gateway, also when they come together. */
import type { ConversationId } from '@rivulet/protocol';
import type { Metrics } from '../base/index.ts';
import type { ConversationRecord, Owner, Store } from '../stores/store.ts';
import { authorize } from './authorize.ts';
import { ownerOf, readOwnConversation, type ConversationRequest } from './owned-conversation.ts';

/** The admission of viewers to conversations on one gateway. */
export interface ViewerAccess {
  /**
   * Admits a viewer of a principal until the signal aborts. While an owner has a viewer of a conversation, or one is being admitted, the
   * next viewers of the same owner are admitted by the same read of the store: they see no more than that one does.
   * @throws {ChatError} not-found when the conversation does not exist or belongs to another principal
   */
  admit(request: ConversationRequest, signal: AbortSignal): Promise<void>;
  /**
   * Forgets what is known of an owner, whose conversations were moved to another one. The caller ends the viewers: also those whose
   * admission has begun.
   */
  forget(owner: Owner): void;
}

/** What `createViewerAccess` needs. */
export interface ViewerAccessOptions {
  store: Store;
  metrics: Pick<Metrics, 'viewerReads'>;
}

/** What is known of one owner and conversation, as long as there are viewers. */
interface Known {
  owner: Owner;
  record: Promise<ConversationRecord>;
  viewers: number;
}

/** Creates the admission of viewers. It remembers at most as much as there are viewers. */
export function createViewerAccess({ store, metrics }: ViewerAccessOptions): ViewerAccess {
  const known = new Map<string, Known>();
  const drop = (key: string, entry: Known) => {
    if (known.get(key) === entry) known.delete(key);
  };
  const read = (request: ConversationRequest) => {
    metrics.viewerReads.inc({ what: 'owner' });
    return readOwnConversation(store, request);
  };
  return {
    async admit(request, signal) {
      if (signal.aborted) return;
      const { principal, action, conversationId } = request;
      const owner = ownerOf(principal);
      const key = keyOf(owner, conversationId);
      const entry = known.get(key) ?? { owner, record: read(request), viewers: 0 };
      known.set(key, entry);
      entry.viewers += 1;
      const leave = () => {
        entry.viewers -= 1;
        if (entry.viewers === 0) drop(key, entry);
      };
      signal.addEventListener('abort', leave, { once: true });
      try {
        // The read is shared, the decision is not.
        authorize({ principal, action, resource: { kind: 'conversation', owner: await entry.record } });
      } catch (error) {
        drop(key, entry); // nobody joins a read that has failed
        throw error;
      }
    },
    forget({ siteId, ownerId }) {
      for (const [key, entry] of known)
        if (entry.owner.siteId === siteId && entry.owner.ownerId === ownerId) known.delete(key);
    },
  };
}

const keyOf = ({ siteId, ownerId }: Owner, id: ConversationId): string =>
  JSON.stringify([siteId, ownerId, id]);
