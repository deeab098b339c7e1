/** What a call meets when all connections are in use, and while Postgres is away. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ChatError } from '@rivulet/protocol';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationOf } from '../base/index.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { SAMPLE_MS, accepted, sampleAcceptance, sampleQuestion } from '../testing/samples.ts';
import { createPostgresStore } from './postgres.ts';
import { StoreError } from './store-error.ts';

const TIMEOUT_MS = 60_000;
/** What the gateway promises after Postgres has returned. */
const RECOVERY_MS = 5_000;
/** Long enough for a statement on a busy machine. */
const WAIT_MS = 1_500;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

/** `done`, or the code of the StoreError that a ChatError `internal` was caused by. */
const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => {
      const { code, cause } = ChatError.from(error);
      return cause instanceof StoreError ? `${code}: ${cause.code}` : code;
    },
  );

describe('when all connections are in use', { timeout: TIMEOUT_MS }, () => {
  it('a call waits for a bounded time, and at most so many of them wait', async () => {
    const { connectionString } = server;
    const store = createPostgresStore({ connectionString, poolSize: 1, maxWaiting: 2, maxWaitMs: WAIT_MS });
    const { conversationId } = await accepted(store);
    const other = new Client({ connectionString });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM rivulet_conversations WHERE id = $1 FOR UPDATE', [conversationId]);
    const held = outcomeOf(store.putMessages(conversationId, [sampleQuestion()], SAMPLE_MS));
    const reads = Array.from({ length: 4 }, () => outcomeOf(store.readMessages(conversationId)));
    expect(await Promise.all(reads)).toEqual(Array(4).fill('internal: overloaded'));
    expect(store.pool).toEqual({ used: 1, waiting: 0 });
    await other.query('ROLLBACK');
    expect(await held).toBe('done');
    expect(store.pool?.used).toBe(0);
    expect(await outcomeOf(store.readMessages(conversationId))).toBe('done');
    await Promise.all([other.end(), store.close()]);
  });

  it('a message waits no longer for its turn than for a connection', async () => {
    const { connectionString } = server;
    const store = createPostgresStore({ connectionString, maxWaitMs: WAIT_MS });
    const { conversationId, owner } = await accepted(store);
    const other = new Client({ connectionString });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM rivulet_conversations WHERE id = $1 FOR UPDATE', [conversationId]);
    const accept = () => outcomeOf(store.accept(sampleAcceptance({ conversationId, owner })));
    const [first, second] = [accept(), accept()];
    expect(await second).toBe('internal: overloaded');
    await other.query('ROLLBACK');
    expect(await first).toBe('done');
    await Promise.all([other.end(), store.close()]);
  });
});

describe('while Postgres is away', { timeout: TIMEOUT_MS }, () => {
  it('every call fails, and calls work again within 5 s of its return', async () => {
    const store = createPostgresStore({ connectionString: server.connectionString });
    const known = await accepted(store);
    await server.kill();
    // The process of a connection may answer once more before it notices that the server is gone.
    await expect.poll(() => outcomeOf(store.check())).not.toBe('done');
    const calls = Array.from({ length: 50 }, () => [
      outcomeOf(store.accept(sampleAcceptance())),
      outcomeOf(store.readStanding(known.conversationId)),
    ]);
    expect(new Set(await Promise.all(calls.flat()))).toEqual(new Set(['internal: unavailable']));
    await server.start();
    const startMs = performance.now();
    await expect
      .poll(() => outcomeOf(store.accept(sampleAcceptance())), { timeout: RECOVERY_MS })
      .toBe('done');
    expect(await outcomeOf(store.readStanding(known.conversationId))).toBe('done');
    expect(performance.now() - startMs).toBeLessThan(RECOVERY_MS);
    await store.close();
  });

  it('a server that accepts connections and says nothing is given up', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo; // a TCP server has this kind of address
    const connectionString = `postgres://app@127.0.0.1:${port}/postgres`;
    const store = createPostgresStore({ connectionString, maxWaitMs: WAIT_MS });
    const calls = Array.from({ length: 20 }, () => outcomeOf(store.accept(sampleAcceptance())));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['internal: unavailable']));
    expect(await store.check().catch(explanationOf)).toContain('does not answer in time');
    await store.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('a statement that is not answered is given up, and its connection is not used again', async () => {
    const { connectionString } = server;
    const store = createPostgresStore({ connectionString, poolSize: 1, queryTimeoutMs: WAIT_MS });
    const { conversationId, owner } = await accepted(store);
    const other = new Client({ connectionString });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM rivulet_conversations WHERE id = $1 FOR UPDATE', [conversationId]);
    const message = sampleAcceptance({ conversationId, owner });
    expect(await outcomeOf(store.accept(message))).toBe('internal: unavailable');
    await other.query('ROLLBACK');
    const { kind } = await store.accept(message);
    expect(['accepted', 'repeated']).toContain(kind);
    await Promise.all([other.end(), store.close()]);
  });
});
