import type { ConversationId } from '@rivulet/protocol';
import { expect, it, vi } from 'vitest';
import { createKeyedMutex, DEFAULT_LIMITS, randomBytes } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { mintFileId } from '../files/file-id.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { accepted, sampleOwner, SAMPLE_MS } from '../testing/samples.ts';
import { ERASED_AT_ONCE, eraseRemains } from './erasure.ts';
import { createUploads } from './uploads.ts';

it('finishing an erasure spares a conversation whose id a message takes again meanwhile', async () => {
  const [store, files, mutex] = [createMemoryStore(), createMemoryFileStore(), createKeyedMutex()];
  const clock = createFakeClock(SAMPLE_MS);
  const uploads = createUploads({ files, clock, random: randomBytes, limits: DEFAULT_LIMITS });
  const owner = sampleOwner();
  const { conversationId } = await accepted(store, { owner });
  await store.eraseConversation(conversationId);
  const id = mintFileId(randomBytes);
  const meta = { ...owner, id, name: 'a.txt', mediaType: 'text/plain', createdAtMs: SAMPLE_MS };
  const listed = vi.spyOn(store.retention, 'listErased');
  let erasing = Promise.resolve();
  await mutex.run(conversationId, async () => {
    erasing = eraseRemains({ store, eventLog: createMemoryEventLog(), mutex, uploads });
    await vi.waitFor(() => {
      expect(listed.mock.settledResults[0]).toEqual({ type: 'fulfilled', value: [conversationId] });
    });
    await files.put(new Blob(['text']).stream(), meta, { maxBytes: 4 });
    await files.attach(id, conversationId);
    await accepted(store, { owner, conversationId });
  });
  await erasing;
  expect(await files.read(id)).toMatchObject({ conversationId });
});

it('a file that cannot be deleted does not keep other conversations from being erased completely', async () => {
  const [store, files] = [createMemoryStore(), createMemoryFileStore()];
  const limits = DEFAULT_LIMITS;
  const uploads = createUploads({ files, clock: createFakeClock(SAMPLE_MS), random: randomBytes, limits });
  const ids: ConversationId[] = [];
  for (let index = 0; index <= ERASED_AT_ONCE; index += 1) {
    const { conversationId } = await accepted(store);
    await store.eraseConversation(conversationId);
    ids.push(conversationId);
  }
  const failure = new Error('the disk fails');
  const failing: typeof uploads = {
    ...uploads,
    eraseConversations: (some) =>
      some.includes(ids[0]!) ? Promise.reject(failure) : uploads.eraseConversations(some),
  };
  const options = { store, eventLog: createMemoryEventLog(), mutex: createKeyedMutex() };
  await expect(eraseRemains({ ...options, uploads: failing })).rejects.toBe(failure);
  expect(await store.retention.listErased(ERASED_AT_ONCE)).toEqual([ids[0]]);
  await eraseRemains({ ...options, uploads });
  expect(await store.retention.listErased(ERASED_AT_ONCE)).toEqual([]);
});
