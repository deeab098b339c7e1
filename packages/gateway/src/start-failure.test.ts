import { ChatError } from '@rivulet/protocol';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryEventLog } from './event-logs/memory.ts';
import { createMemoryFileStore } from './files/memory.ts';
import { createMemoryStore } from './stores/memory.ts';
import { StoreError } from './stores/store-error.ts';
import { startGateway } from './testing/start-gateway.ts';

const SECRET = 'a secret for tests, 32 bytes long';

/** Adapters of which the test sees whether they are closed. */
function watchedAdapters() {
  const [store, eventLog, files] = [createMemoryStore(), createMemoryEventLog(), createMemoryFileStore()];
  const closes = [store, eventLog, files].map((each) => vi.spyOn(each, 'close'));
  return { store, eventLog, files: { store: files, secret: SECRET }, closes };
}

describe('a gateway that cannot be created', () => {
  it('because another process owns the store has closed store, files and event log (G25)', async () => {
    const { closes, ...adapters } = watchedAdapters();
    const refusal = new ChatError('conflict', { message: 'is used by another gateway' });
    vi.spyOn(adapters.store, 'own').mockRejectedValue(refusal);
    await expect(startGateway(adapters)).rejects.toBe(refusal);
    for (const close of closes) expect(close).toHaveBeenCalled();
  });

  it('because its store is down rejects with the sentence that says what to do (G23)', async () => {
    const { closes, ...adapters } = watchedAdapters();
    const cause = new StoreError('unavailable', 'Postgres at db.example:5432 refuses connections.');
    vi.spyOn(adapters.store, 'check').mockRejectedValue(ChatError.from(cause));
    await expect(startGateway(adapters)).rejects.toThrow('Postgres at db.example:5432 refuses connections.');
    for (const close of closes) expect(close).toHaveBeenCalled();
  });

  it('because an origin could never match says so and has closed its adapters (G27)', async () => {
    const { closes, ...adapters } = watchedAdapters();
    const sites = [{ id: 'shop', origins: ['https://shop.example/'] }];
    await expect(startGateway({ ...adapters, sites })).rejects.toThrow('without the slash at its end');
    for (const close of closes) expect(close).toHaveBeenCalled();
  });
});
