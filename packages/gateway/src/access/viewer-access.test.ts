import type { ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../auth/auth.ts';
import { createMetrics } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { accepted } from '../testing/samples.ts';
import { ownerOf } from './owned-conversation.ts';
import { createViewerAccess, type ViewerAccess } from './viewer-access.ts';

let store: Store;
let access: ViewerAccess;
let conversationId: ConversationId;
let owner: Principal;
let reads: number;
beforeEach(async () => {
  store = createMemoryStore();
  ({ conversationId } = await accepted(store));
  const { siteId, ownerId } = (await store.readConversation(conversationId))!;
  owner = { siteId, id: ownerId, kind: 'anonymous' };
  reads = 0;
  const readConversation = store.readConversation.bind(store);
  store.readConversation = (...args) => {
    reads += 1;
    return readConversation(...args);
  };
  access = createViewerAccess({ store, metrics: createMetrics() });
});

/** Admits a viewer. @returns ends it */
async function admit(principal = owner): Promise<() => void> {
  const end = new AbortController();
  await access.admit({ principal, action: 'subscribe', conversationId }, end.signal);
  return () => {
    end.abort();
  };
}

describe('the admission of viewers', () => {
  it('reads the owner once for 2,000 viewers that come together, and not at all for those who come while one is there', async () => {
    const ends = await Promise.all(Array.from({ length: 2_000 }, () => admit()));
    expect(reads).toBe(1);
    for (const end of ends.slice(1)) end();
    await admit();
    expect(reads).toBe(1);
  });

  it('reads it again when all viewers have left', async () => {
    for (const end of [await admit(), await admit()]) end();
    await admit();
    expect(reads).toBe(2);
  });

  it('refuses everybody else, also while the owner is admitted and afterwards', async () => {
    const admitted = admit();
    const strangers: Principal[] = [
      { ...owner, id: 'v_other' },
      { ...owner, siteId: 'other' },
      { ...owner, id: owner.siteId, siteId: owner.id },
    ];
    for (const stranger of strangers) {
      await expect(admit(stranger)).rejects.toMatchObject({ code: 'not-found' });
      await admitted;
      await expect(admit(stranger)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('admits nobody by a read that failed', async () => {
    const readConversation = store.readConversation.bind(store);
    store.readConversation = () => Promise.reject(new Error('the store is away'));
    await expect(Promise.all([admit(), admit()])).rejects.toThrow('the store is away');
    store.readConversation = readConversation;
    await admit();
    expect(reads).toBe(1);
  });

  it('admits the former owner no more once it was told that the conversations were moved, also when a read had begun', async () => {
    const begun = admit();
    const user = { ...owner, id: 'u_ann', kind: 'user' as const };
    await store.moveConversations(ownerOf(owner), ownerOf(user));
    access.forget(ownerOf(owner));
    await begun; // the caller closes its connection
    await expect(admit()).rejects.toMatchObject({ code: 'not-found' });
    await admit(user);
  });

  it('begins nothing for a viewer that has left already', async () => {
    await access.admit({ principal: owner, action: 'subscribe', conversationId }, AbortSignal.abort());
    expect(reads).toBe(0);
  });
});
