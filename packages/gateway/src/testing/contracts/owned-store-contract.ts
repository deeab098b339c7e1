/** The additional contract suite of a `Store` that other processes can open: only one of them can own it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurableStoreFixture } from './durable-store-contract.ts';
import { accepted } from '../samples.ts';

/** What a test needs from an adapter of a `Store` that a process can own. */
export interface OwnedStoreFixture extends DurableStoreFixture {
  /** Starts another process that owns the same data. Resolves when it does, with its id and a function that kills it (-9). */
  startOwner(): Promise<{ pid: number; kill: () => Promise<void> }>;
}

/** Runs the contract suite; run `describeDurableStore` too. @param open creates a fixture for each test, over data of its own */
export function describeOwnedStore(
  name: string,
  open: () => OwnedStoreFixture | Promise<OwnedStoreFixture>,
): void {
  describe(`owned store: ${name}`, () => {
    let fixture: OwnedStoreFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    it('a second owner is refused with the first one’s process id, and the first one still writes', async () => {
      await fixture.store.own();
      await fixture.store.own();
      const other = await fixture.openAnother();
      const refusal = await other.own().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ name: 'ChatError', code: 'conflict' });
      expect(String(refusal)).toContain(`${process.pid}`);
      expect(String(refusal)).toContain('configure Redis');
      await accepted(fixture.store);
    });

    it('a closed store can be owned by another one', async () => {
      await fixture.store.own();
      const other = await fixture.openAnother();
      await fixture.store.close();
      await other.own();
      await accepted(other);
    });

    it('the store of a killed process can be owned, and that of a running process cannot', async () => {
      const { pid, kill } = await fixture.startOwner();
      const refusal = await fixture.store.own().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'conflict' });
      expect(String(refusal)).toContain(`${pid}`);
      await kill();
      // The server of a database learns of the death by the end of the connection, a moment later.
      await expect
        .poll(() =>
          fixture.store.own().then(
            () => 'owned',
            () => 'refused',
          ),
        )
        .toBe('owned');
    });

    it('a store that does not ask to own it can be used beside the owner', async () => {
      await fixture.store.own();
      await accepted(await fixture.openAnother());
    });
  });
}
