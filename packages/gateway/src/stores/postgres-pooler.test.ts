/** The Postgres store behind PgBouncer in transaction mode, which gives each transaction another connection. */
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { describeDurableStore } from '../testing/contracts/durable-store-contract.ts';
import { describeOwnedStore } from '../testing/contracts/owned-store-contract.ts';
import { describeStore } from '../testing/contracts/store-contract.ts';
import { accepted } from '../testing/samples.ts';
import { startStoreOwner } from '../testing/store-owner.ts';
import { usePgBouncer } from '../testing/use-pgbouncer.ts';
import { createPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
/** Fewer than the connections of the stores, so that they have to share them; an owner and a migration keep one each. */
const SERVER_CONNECTIONS = 6;
const pooled = usePgBouncer(SERVER_CONNECTIONS, TIMEOUT_MS);

function openFixture() {
  const stores: Store[] = [];
  const { connectionString } = pooled.pooler;
  const open = () => {
    const store = createPostgresStore({ connectionString });
    stores.push(store);
    return store;
  };
  const dispose = async () => {
    await Promise.all(stores.map((store) => store.close()));
  };
  const startOwner = () =>
    startStoreOwner(`stores.createPostgresStore(${JSON.stringify({ connectionString })})`);
  return { store: open(), openAnother: () => Promise.resolve(open()), startOwner, dispose };
}

describeStore('postgres behind a pooler', openFixture);
describeDurableStore('postgres behind a pooler', openFixture);
describeOwnedStore('postgres behind a pooler', openFixture);

it('a store leaves nothing on the connections that it shares with other programs', async () => {
  const { store, dispose } = openFixture();
  await Promise.all(Array.from({ length: 50 }, () => accepted(store)));
  await dispose();
  const read = `SELECT (SELECT count(*) FROM pg_prepared_statements)::integer AS statements,
    current_setting('synchronous_commit') AS synchronous_commit, current_setting('lock_timeout') AS lock_timeout,
    current_setting('enable_seqscan') AS enable_seqscan`;
  const other = new Client({ connectionString: pooled.pooler.connectionString });
  await other.connect();
  for (let index = 0; index < 20; index += 1)
    expect((await other.query(read)).rows).toEqual([
      { statements: 0, synchronous_commit: 'on', lock_timeout: '0', enable_seqscan: 'on' },
    ]);
  await other.end();
});
