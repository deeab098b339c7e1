/** What retention costs on a large table, on a real Postgres: which indexes it uses, how long its transactions are, and what remains. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { SQL } from './postgres-statements.ts';
import { createPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const isFull = process.env.RIVULET_SCALE === 'full';
const [CONVERSATIONS, EXPIRED] = isFull ? [200_000, 10_000] : [20_000, 1_000];
const MESSAGES = 5;
const BATCH = 64;
const TIMEOUT_MS = isFull ? 900_000 : 120_000;
const EXPIRY = { siteId: 'demo', beforeMs: EXPIRED + 1 };
let server: PostgresServer;
let store: Store;
beforeAll(async () => {
  server = await startPostgres();
  store = createPostgresStore({ connectionString: server.connectionString });
  await store.check();
  await fill(1, CONVERSATIONS);
  await server.run('VACUUM ANALYZE');
}, TIMEOUT_MS);
afterAll(async () => {
  await store.close();
  await server.dispose();
}, TIMEOUT_MS);

/** Adds conversations: the number is the time of their last activity. Each has messages, a key and usage. */
async function fill(from: number, to: number): Promise<void> {
  const each = `generate_series(${from}, ${to}) AS i`;
  await server.run(`INSERT INTO rivulet_conversations (id, site_id, owner_id, title_json, created_ms, updated_ms)
    SELECT 'c_' || lpad(i::text, 8, '0'), 'demo', 'v_' || i % 1000, '"t"', i, i FROM ${each};
    INSERT INTO rivulet_messages (conversation_id, ordinal, message_id, run_state, created_ms, body)
      SELECT 'c_' || lpad(i::text, 8, '0'), n, 'm_' || n, 'finished', i, json_build_object('id', 'm_' || n, 'text', md5(i::text) || md5(n::text))
      FROM ${each}, generate_series(1, ${MESSAGES}) AS n;
    INSERT INTO rivulet_keys SELECT 'c_' || lpad(i::text, 8, '0'), 'k', 'd', 'a', 'r', i FROM ${each};
    INSERT INTO rivulet_usage SELECT 'c_' || lpad(i::text, 8, '0'), 'r', 'demo', 'v_' || i % 1000, 1, 1, i FROM ${each}`);
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How the server would execute a statement, planned for its values, or for any. */
async function planOf(name: keyof typeof SQL, values: readonly string[], mode: 'custom' | 'generic') {
  const client = new Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    await client.query(`SET plan_cache_mode = force_${mode}_plan; PREPARE planned AS ${SQL[name]}`);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE planned (${values.join(', ')})`,
    );
    return rows.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan));
  } finally {
    await client.end();
  }
}
/** The tables that are read as a whole. */
const scanned = (nodes: readonly PlanNode[]) =>
  nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);

const idsOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `c_${String(from + index).padStart(8, '0')}`);
const ARRAY = `ARRAY[${idsOf(1, BATCH).map((id) => `'${id}'`).join(', ')}]`; // prettier-ignore

describe.each(['custom', 'generic'] as const)('with a %s plan', (mode) => {
  it('old conversations are found by the index on their age, and only a batch is read', async () => {
    const nodes = await planOf('listExpired', ["'demo'", `${EXPIRY.beforeMs}`, `${BATCH}`], mode);
    expect(scanned(nodes)).toEqual([]);
    const indexes = nodes.map((node) => node['Index Name']);
    expect(indexes).toContain('rivulet_conversations_by_age');
    expect(nodes.map((node) => node['Node Type'])).toContain('Limit');
  });

  it('a batch is deleted without reading a table as a whole', async () => {
    const nodes = await planOf('eraseExpired', ["'demo'", `${EXPIRY.beforeMs}`, ARRAY], mode);
    expect(scanned(nodes)).toEqual([]);
  });

  it.each([
    ['listErased', [`${BATCH}`]],
    ['forgetErased', [ARRAY]],
    ['forgetKeys', ['1']],
    ['listHolds', ["''", '9']],
  ] as const)('%s reads no large table as a whole', async (name, values) => {
    const large = ['rivulet_conversations', 'rivulet_messages', 'rivulet_keys', 'rivulet_usage'];
    expect(scanned(await planOf(name, values, mode)).filter((table) => large.includes(table ?? ''))).toEqual(
      [],
    );
  });
});

const sizeOf = async (): Promise<number> => {
  const tables = ['conversations', 'messages', 'keys', 'usage'];
  const sum = tables.map((name) => `pg_total_relation_size('rivulet_${name}')`).join(' + ');
  const [row] = (await server.run(`SELECT (${sum})::float8 AS bytes`)) as [{ bytes: number }];
  return row.bytes;
};

/** Erases what is old, as the nightly job does. @returns how long each batch took, in milliseconds */
async function eraseAll(): Promise<number[]> {
  const batchesMs: number[] = [];
  for (;;) {
    const startedMs = performance.now();
    const expired = await store.retention.listExpired(EXPIRY, BATCH);
    if (expired.length === 0) return batchesMs;
    expect(expired.length).toBeLessThanOrEqual(BATCH);
    const erased = await store.retention.eraseExpired(EXPIRY, expired.map(({ id }) => id)); // prettier-ignore
    expect(erased).toHaveLength(expired.length);
    await store.retention.forgetErased(erased);
    batchesMs.push(performance.now() - startedMs);
  }
}

it(
  `${EXPIRED} of ${CONVERSATIONS} conversations are deleted in batches of ${BATCH}, also while a dump is taken, and their space is used again`,
  { timeout: TIMEOUT_MS },
  async () => {
    const dump = new Client({ connectionString: server.connectionString });
    dump.on('error', () => undefined);
    await dump.connect();
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM rivulet_jobs'); // keeps dead rows
    const before = await sizeOf();
    const startedMs = performance.now();
    const batchesMs = (await eraseAll()).toSorted((one, other) => one - other);
    const totalMs = performance.now() - startedMs;
    await dump.query('COMMIT');
    await dump.end();
    expect(batchesMs).toHaveLength(Math.ceil(EXPIRED / BATCH));
    const [left] = await server.run('SELECT count(*)::int AS messages FROM rivulet_messages');
    expect(left).toEqual({ messages: (CONVERSATIONS - EXPIRED) * MESSAGES });
    await server.run('VACUUM'); // as autovacuum does
    await fill(CONVERSATIONS + 1, CONVERSATIONS + EXPIRED);
    const after = await sizeOf();
    // Of the indexes, pages are only used again when they are empty.
    expect(after / before).toBeLessThan(1.1);
    const at = (share: number) => batchesMs[Math.floor((batchesMs.length - 1) * share)]?.toFixed(1);
    console.log(
      `retention: ${EXPIRED} of ${CONVERSATIONS} conversations (${CONVERSATIONS * MESSAGES} messages) in ${batchesMs.length} batches, ${(totalMs / 1000).toFixed(1)} s; a batch p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms; size of the tables after as many were added again: ${((after / before) * 100).toFixed(1)} %`,
    );
  },
);

it('the large tables are vacuumed when a fiftieth of their rows are dead', async () => {
  const settings = await server.run(
    "SELECT relname FROM pg_class WHERE 'autovacuum_vacuum_scale_factor=0.02' = ANY (reloptions) ORDER BY relname",
  );
  expect(settings).toEqual(
    ['conversations', 'keys', 'messages', 'usage'].map((name) => ({ relname: `rivulet_${name}` })),
  );
});
