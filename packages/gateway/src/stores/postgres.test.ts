import { ChatError } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeDurableStore } from '../testing/contracts/durable-store-contract.ts';
import { describeOwnedStore } from '../testing/contracts/owned-store-contract.ts';
import { startStoreOwner } from '../testing/store-owner.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import {
  SAMPLE_MS,
  accepted,
  finished,
  sampleAcceptance,
  sampleOwner,
  withText,
} from '../testing/samples.ts';
import { describeStore } from '../testing/contracts/store-contract.ts';
import { createPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

function openFixture() {
  const stores: Store[] = [];
  const open = () => {
    const store = createPostgresStore({ connectionString: server.connectionString, poolSize: 4 });
    stores.push(store);
    return store;
  };
  const dispose = async () => {
    await Promise.all(stores.map((store) => store.close()));
  };
  const options = JSON.stringify({ connectionString: server.connectionString });
  const startOwner = () => startStoreOwner(`stores.createPostgresStore(${options})`);
  return { store: open(), openAnother: () => Promise.resolve(open()), startOwner, dispose };
}

describeStore('postgres', openFixture);
describeDurableStore('postgres', openFixture);
describeOwnedStore('postgres', openFixture);

describe('the Postgres store', { timeout: TIMEOUT_MS }, () => {
  const within = async (work: (store: Store) => Promise<void>) => {
    const { store, dispose } = openFixture();
    await work(store).finally(dispose);
  };
  const internal = { name: 'ChatError', code: 'internal' };

  it('several gateways that start at once on an empty database create its tables once', async () => {
    await server.run('CREATE DATABASE fresh');
    const connectionString = server.connectionString.replace('/postgres?', '/fresh?');
    const stores = Array.from({ length: 8 }, () => createPostgresStore({ connectionString, poolSize: 2 }));
    const outcomes = await Promise.all(stores.map((store) => store.accept(sampleAcceptance())));
    expect(outcomes).toMatchObject(Array(8).fill({ kind: 'accepted' }));
    expect(await stores[0]?.listUnsettled()).toHaveLength(8);
    await Promise.all(stores.map((store) => store.close()));
  });

  const createDatabase = async (name: string, setting = '') => {
    await server.run(`CREATE DATABASE ${name}`);
    const connectionString = server.connectionString.replace('/postgres?', `/${name}?`);
    const store = createPostgresStore({ connectionString });
    await store.check().finally(() => store.close());
    if (setting !== '') await server.run(setting, name);
    return createPostgresStore({ connectionString });
  };

  it('a database with a newer schema version is refused and left unchanged', async () => {
    const store = await createDatabase('newer', 'UPDATE rivulet_schema SET version = 99, applied = 99');
    const refusal = await store.check().catch((error: unknown) => ChatError.from(error));
    expect(String(refusal?.cause)).toContain('schema version 99');
    expect(await server.run('SELECT version FROM rivulet_schema', 'newer')).toEqual([{ version: 99 }]);
    await store.close();
  });

  it('a read-only database is not ready', async () => {
    const setting = 'ALTER DATABASE replica SET default_transaction_read_only = on';
    const store = await createDatabase('replica', setting);
    await expect(store.check()).rejects.toMatchObject(internal);
    await store.close();
  });

  it('every accepted message is there after the server was killed and restarted, and the store works again (7)', () =>
    within(async (store) => {
      const kept = await Promise.all(Array.from({ length: 40 }, () => accepted(store)));
      const last = await accepted(store);
      const done = finished(withText(last.answer, 'done'));
      await store.putMessages(last.conversationId, [done], SAMPLE_MS);
      await server.kill();
      // The process of a connection may answer once more before it notices that the server is gone.
      await vi.waitFor(() => expect(store.check()).rejects.toMatchObject(internal));
      await expect(store.accept(sampleAcceptance())).rejects.toMatchObject(internal);
      await server.start();
      await store.check();
      for (const { conversationId, question, answer } of kept)
        expect(await store.readMessages(conversationId)).toEqual([question, answer]);
      expect(await store.readMessages(last.conversationId)).toEqual([last.question, done]);
      expect(await store.accept(last)).toMatchObject({ kind: 'repeated' });
    }));

  it('of the messages sent while the server is killed, no accepted one is lost and none is stored twice (7)', () =>
    within(async (store) => {
      const attempts = Array.from({ length: 60 }, () => sampleAcceptance());
      const outcomes = attempts.map((attempt) => store.accept(attempt).catch(() => undefined));
      await Promise.any(outcomes.slice(10)); // some are accepted, some are in flight
      await server.kill();
      const before = await Promise.all(outcomes);
      await server.start();
      for (const [index, attempt] of attempts.entries()) {
        const { kind } = await store.accept(attempt);
        if (before[index] !== undefined) expect(kind).toBe('repeated');
        expect(await store.readMessages(attempt.conversationId)).toEqual([attempt.question, attempt.answer]);
      }
    }));

  it('a store that is created before its server is up serves once it is', async () => {
    await server.kill();
    const { store, dispose } = openFixture();
    await expect(store.check()).rejects.toMatchObject(internal);
    await server.start();
    await accepted(store);
    await dispose();
  });

  it('an owner whose connection broke stops writing when another process has become the owner', () =>
    within(async (store) => {
      await store.own();
      await server.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'rivulet ${process.pid} since %'`);
      const { store: other, dispose } = openFixture();
      await other.own();
      const codeOf = () =>
        store.accept(sampleAcceptance()).then(
          ({ kind }) => kind,
          (error: unknown) => ChatError.from(error).code,
        );
      await expect.poll(codeOf).toBe('conflict');
      await accepted(other);
      await dispose();
      await accepted(store); // the owner again
    }));

  it('erasing and moving the same owners concurrently does not deadlock', () =>
    within(async (store) => {
      const [from, to] = [sampleOwner(), sampleOwner()];
      for (let index = 0; index < 40; index += 1) await accepted(store, { owner: from });
      await Promise.all([
        store.moveConversations(from, to),
        store.eraseOwner(from),
        store.moveConversations(from, to),
        store.eraseOwner(to),
      ]);
      await store.eraseOwner(to);
      for (const owner of [from, to]) expect(await store.listConversations(owner, { limit: 9 })).toEqual([]);
    }));

  it('more concurrent calls than connections are all served', () =>
    within(async (store) => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => store.accept(sampleAcceptance())));
      expect(outcomes).toMatchObject(Array(50).fill({ kind: 'accepted' }));
    }));
});
