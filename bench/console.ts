/**
 * The routes of the operator's console on 100,000 conversations with 2,000,000 messages, on SQLite and Postgres: `npm run bench -- console`
 * takes some minutes and 3 GB of disk. Each route is asked for over HTTP; the limit is 300 ms. Then messages are accepted alone, and while
 * the console is asked for without a pause: what a search costs those who write. `--conversations 10000` is a smaller try.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sha256 } from '../packages/gateway/src/admin/console-users.ts';
import { createPostgresStore } from '../packages/gateway/src/stores/postgres.ts';
import { createSqliteStore } from '../packages/gateway/src/stores/sqlite.ts';
import type { Store } from '../packages/gateway/src/stores/store.ts';
import { startPostgres } from '../packages/gateway/src/testing/postgres-server.ts';
import { sampleAcceptance } from '../packages/gateway/src/testing/samples.ts';
import { startGateway } from '../packages/gateway/src/testing/start-gateway.ts';
import { percentile } from './gateway/measure.ts';

const LIMIT_MS = 300;
const MESSAGES = 20;
const SITES = 4;
const MINUTE_MS = 60_000;
const ACCEPTS = 300;
const FILLER =
  'The parcel left our house on Tuesday and is on its way to you. You can follow it with the number of the confirmation. '.repeat(
    3,
  );
const { values: flags } = parseArgs({
  options: {
    conversations: { type: 'string', default: '100000' },
    stores: { type: 'string', default: 'sqlite,postgres' },
  },
});
const conversations = Number(flags.conversations);
const nowMs = Date.now();

/** What both databases insert. `n` is the number of the conversation, `m` that of the message. */
interface Dialect {
  table: (name: string) => string;
  numbers: (alias: string, count: number) => string;
  text: (expression: string) => string;
  /** How many gateways have written. */
  gateways: number;
}
const DIALECTS: Record<'sqlite' | 'postgres', Dialect> = {
  sqlite: {
    table: (name) => name,
    numbers: (alias, count) =>
      `(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < ${count}) SELECT i AS ${alias} FROM s)`,
    text: (expression) => `CAST(${expression} AS TEXT)`,
    gateways: 1,
  },
  postgres: {
    table: (name) => `rivulet_${name}`,
    numbers: (alias, count) => `(SELECT generate_series(0, ${count - 1})::bigint AS ${alias})`,
    text: (expression) => `(${expression})::text`,
    gateways: 3,
  },
};

/** A conversation of each minute, with questions and answers in turn. One of 1,000 is rated down, and one of 5,000 has failed. */
function seeding({ table, numbers, text, gateways }: Dialect): string[] {
  const id = `'c_bench' || ${text('10000000 + n')}`;
  const at = `${nowMs} - n * ${MINUTE_MS}`;
  const rating = `CASE WHEN n % 1000 = 7 AND m = 3 THEN ',"feedback":{"value":"down"}' ELSE '' END`;
  const reason = `CASE WHEN n % 5000 = 9 AND m = 5 THEN 'error' ELSE 'stop' END`;
  const messageId = `'m_bench' || ${text('1000 + m')}`;
  const run = `',"run":{"id":"r_bench' || ${text('10000000 + n')} || '_' || ${text('m')} || '","state":"finished","startedAtMs":${nowMs},"finishedAtMs":${nowMs},"reason":"' || ${reason} || '"}'`;
  // Each answer has cost something else, so that the order is that of no index; one of 100 conversations has a model of its own.
  const cost = '(n * 7919 + m) % 100000 * 1000000';
  const model = `CASE WHEN n % 100 = 3 THEN 'rare-model' ELSE 'usual-model' END`;
  const facts = `CASE m % 2 WHEN 1 THEN '{"ref":"bench000","reason":"' || ${reason} || '","model":"' || ${model} || '","asked":[{"name":"api.example","provider":"openai","model":"' || ${model} || '","requests":1,"failed":0}],"usage":{"inputTokens":1200,"outputTokens":300},"costPico":' || ${text(cost)} || ',"queuedMs":1,"firstDeltaMs":800,"totalMs":4000,"toolCalls":0}' END`;
  const words = `'${FILLER}' || ${text('n * 20 + m')}`;
  const body = `'{"id":"' || ${messageId} || '","role":"' || CASE m % 2 WHEN 0 THEN 'user' ELSE 'assistant' END || '","parentId":null,"createdAtMs":${nowMs},"parts":[{"type":"text","text":"' || ${words} || '"}]' || ${rating} || CASE m % 2 WHEN 1 THEN ${run} ELSE '' END || '}'`;
  return [
    `INSERT INTO ${table('conversations')} (id, site_id, owner_id, title_json, search_title, created_ms, updated_ms, cost_pico, rated_down)
      SELECT ${id}, 'site' || ${text(`n % ${SITES}`)}, 'v_bench' || ${text('n % 20000')}, '"A parcel"', 'a parcel', ${at}, ${at},
        n * 7919 % 100000 * 1000000, CASE WHEN n % 1000 = 7 THEN 1 ELSE 0 END
      FROM ${numbers('n', conversations)} AS a`,
    `INSERT INTO ${table('messages')} (conversation_id, ordinal, message_id, run_id, run_state, created_ms, body, search_text, facts)
      SELECT ${id}, m, ${messageId}, CASE m % 2 WHEN 1 THEN 'r_bench' || ${text('10000000 + n')} || '_' || ${text('m')} END,
        CASE m % 2 WHEN 1 THEN 'finished' END, ${at}, ${body}, lower(${words}), ${facts}
      FROM ${numbers('n', conversations)} AS a CROSS JOIN ${numbers('m', MESSAGES)} AS b`,
    `INSERT INTO ${table('console_audit')} (at_ms, id, user_name, action, target, site_id, address)
      SELECT ${at}, 'a' || ${text('n')}, 'ann', 'console-read-conversation', ${id}, 'site0', '203.0.113.7' FROM ${numbers('n', conversations)} AS a`,
    // What is kept of a busy service: three hours of minutes of each gateway, four days of hours, a month of days; 40 names for each site.
    ...[
      { width: 86_400_000, buckets: 30, writers: 1 },
      { width: 3_600_000, buckets: 96, writers: 1 },
      { width: MINUTE_MS, buckets: 180, writers: gateways },
    ].map(
      ({ width, buckets, writers }) =>
        `INSERT INTO ${table('figures')} (width_ms, start_ms, site_id, name, writer, value)
      SELECT ${width}, ${nowMs - (nowMs % width)} - n * ${width}, 'site' || ${text(`m % ${SITES}`)}, 'first-delta:' || ${text(`m / ${SITES}`)}, 'w' || ${text('w')}, 5
      FROM ${numbers('n', buckets)} AS a CROSS JOIN ${numbers('m', 40 * SITES)} AS b CROSS JOIN ${numbers('w', writers)} AS c`,
    ),
  ];
}

const OLDEST = `c_bench${10_000_000 + conversations - 1}`;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The routes behind the pages. What nobody wrote is the worst case of a search: it reads 300 conversations to the end. */
const ROUTES: readonly string[] = [
  'conversations',
  'conversations?site=site1',
  'conversations?site=site1&visitor=v_bench5',
  `conversations?from=${nowMs - 30 * DAY_MS}&to=${nowMs - 29 * DAY_MS}`,
  `conversations?after=${nowMs - (conversations - 200) * MINUTE_MS}~c_x`,
  'conversations?text=parcel',
  'conversations?text=nobody%20wrote%20this',
  'conversations?site=site1&text=nobody%20wrote%20this',
  'conversations?rating=down',
  'conversations?rating=up',
  'conversations?reason=error',
  'conversations?tool=find_order',
  'conversations?text=parcel&rating=down&reason=error',
  'conversations?sort=cost',
  'conversations?sort=rating',
  'conversations?sort=rating&site=site1',
  'conversations?sort=cost&site=site1&visitor=v_bench5',
  `conversations?sort=rating&from=${nowMs - 2 * DAY_MS}&to=${nowMs - DAY_MS}`,
  `conversations?sort=cost&after=0~${50_000 * 1_000_000}~c_x`,
  'conversations?model=rare-model',
  'conversations?sort=cost&model=rare-model',
  'conversations?sort=rating&rating=down&model=usual-model',
  'conversations?sort=cost&text=nobody%20wrote%20this',
  `conversations/${OLDEST}`,
  `conversations/${OLDEST}/runs`,
  'overview?span=hour',
  'overview?span=day',
  'overview?span=month&site=site1',
  'audit',
  'sessions',
  'sites',
  'sites/site1',
  'me',
];

async function signIn(url: string) {
  const headers = { 'x-rivulet-console': '1' };
  const login = { method: 'POST', headers, body: JSON.stringify({ token: 'bench' }) };
  const cookie = (await fetch(`${url}/admin/api/login`, login)).headers.getSetCookie()[0] ?? '';
  return async (path: string): Promise<number> => {
    const sinceMs = performance.now();
    const response = await fetch(`${url}/admin/api/${path}`, { headers: { cookie } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return performance.now() - sinceMs;
  };
}

async function measureAccepts(store: Store): Promise<number[]> {
  const tookMs: number[] = [];
  for (let index = 0; index < ACCEPTS; index += 1) {
    const sinceMs = performance.now();
    const accepted = await store.accept(
      sampleAcceptance({ owner: { siteId: 'bench', ownerId: `v_${index}` } }),
    );
    if (accepted.kind === 'accepted') await accepted.durable;
    tookMs.push(performance.now() - sinceMs);
  }
  return tookMs;
}

/** @param limitMs undefined: it is no page */
const line = (name: string, tookMs: readonly number[], limitMs = Infinity): void => {
  const [p50, p99] = [percentile([...tookMs], 0.5), percentile([...tookMs], 0.99)];
  const verdict = p99 > limitMs ? `  above ${limitMs} ms` : '';
  console.log(
    `${name.padEnd(66)} ${p50.toFixed(1).padStart(8)} ms ${p99.toFixed(1).padStart(8)} ms${verdict}`,
  );
  if (p99 > limitMs) process.exitCode = 1;
};

async function measure(name: string, store: Store): Promise<void> {
  const sites = Array.from({ length: SITES }, (_, index) => ({ id: `site${index}`, origins: ['self'] }));
  const adminUsers = [{ name: 'ann', role: 'admin' as const, tokenHash: sha256('bench') }];
  const started = await startGateway({ store, sites, adminUsers });
  const ask = await signIn(started.url);
  console.log(`\n${`${name}: ${conversations} conversations`.padEnd(66)}      p50         p99`);
  for (const path of ROUTES) {
    const tookMs: number[] = [];
    for (let index = 0; index < 20; index += 1) tookMs.push(await ask(path));
    line(path, tookMs, LIMIT_MS);
  }
  line('accept a message, alone', await measureAccepts(store));
  const poller = { isStopped: false };
  const polled = (async () => {
    while (!poller.isStopped) for (const path of ROUTES) await ask(path);
  })();
  line('accept a message, while the console is asked without a pause', await measureAccepts(store));
  poller.isStopped = true;
  await polled;
  await started.stop();
}

async function onSqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-bench-console-'));
  const file = join(folder, 'bench.sqlite');
  try {
    await (await createSqliteStore({ file })).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA synchronous = OFF; BEGIN');
    for (const sql of seeding(DIALECTS.sqlite)) database.exec(sql);
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    await measure('SQLite', await createSqliteStore({ file }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function onPostgres(): Promise<void> {
  const server = await startPostgres();
  try {
    const { connectionString } = server;
    const empty = createPostgresStore({ connectionString });
    await empty.check();
    await empty.close();
    for (const sql of seeding(DIALECTS.postgres)) await server.run(sql);
    await server.run('ANALYZE');
    await measure('Postgres', createPostgresStore({ connectionString }));
  } finally {
    await server.dispose();
  }
}

const stores = flags.stores.split(',');
if (stores.includes('sqlite')) await onSqlite();
if (stores.includes('postgres')) await onPostgres();
