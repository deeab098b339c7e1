import { expect, it, vi } from 'vitest';
import { createKeyedMutex, DEFAULT_LIMITS, randomBytes } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { mintFileId } from '../files/file-id.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { accepted, sampleOwner, SAMPLE_MS } from '../testing/samples.ts';
import { eraseRemains } from './erasure.ts';
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
