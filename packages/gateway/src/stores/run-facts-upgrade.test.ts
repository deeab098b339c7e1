/** Databases of the version before the facts of runs: their ratings are counted, and gateways of that version go on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { startPostgres } from '../testing/postgres-server.ts';
import { accepted, finished } from '../testing/samples.ts';
import { SCHEMA } from './postgres-schema.ts';
import { migratePostgres } from './postgres-upgrade.ts';
import { createPostgresStore } from './postgres.ts';
import { MIGRATIONS } from './sqlite-schema.ts';
import { createSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
const RATED = ['down', 'up', 'down'].map((value, index) => ({
  ...{ id: `m_rated00000${index}`, role: 'assistant', parentId: null, createdAtMs: 1, parts: [] },
  feedback: { value },
}));
/** A conversation with two bad ratings. @param prefix of the tables */
const oldRows = (prefix: string) => [
  `INSERT INTO ${prefix}conversations (id, site_id, owner_id, title_json, created_ms, updated_ms)
    VALUES ('c_before00001', 'shop', 'v_1', 'null', 1, 1), ('c_before00002', 'shop', 'v_1', 'null', 2, 2)`,
  ...RATED.map(
    (message, index) =>
      `INSERT INTO ${prefix}messages (conversation_id, ordinal, message_id, created_ms, body)
    VALUES ('c_before00001', ${index + 1}, '${message.id}', 1, '${JSON.stringify(message)}')`,
  ),
];
const ratingsIn = async (store: Store) => {
  const query = { siteId: 'shop', sort: 'rating', sinceMs: 0, beforeMs: 9, limit: 9 } as const;
  const { conversations } = await store.console.rank(query);
  return conversations.map(({ id, totals }) => [id, totals.ratedDown]);
};
const COUNTED = [
  ['c_before00001', 2],
  ['c_before00002', 0],
];

it('a SQLite file has its ratings counted when the gateway starts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-before-'));
  const file = join(folder, 'rivulet.sqlite');
  const before = MIGRATIONS.findIndex((sql) => sql.includes('ADD COLUMN facts'));
  const database = new DatabaseSync(file);
  for (const sql of [...MIGRATIONS.slice(0, before), ...oldRows('')]) database.exec(sql);
  database.exec(`PRAGMA user_version = ${before}`);
  database.close();
  const store = await createSqliteStore({ file });
  expect(await ratingsIn(store)).toEqual(COUNTED);
  await store.close();
  rmSync(folder, { recursive: true });
});

it(
  'a Postgres database has its ratings counted, and a gateway of the version before ends its runs',
  { timeout: TIMEOUT_MS },
  async () => {
    const server = await startPostgres();
    const { connectionString } = server;
    const before = SCHEMA.migrations.findIndex(({ about }) => about.includes('facts of runs'));
    const schema = { ...SCHEMA, migrations: SCHEMA.migrations.slice(0, before) };
    const migration = { connectionString, signal: new AbortController().signal, logger: silentLogger };
    await migratePostgres({ ...migration, schema });
    for (const sql of oldRows('rivulet_')) await server.run(sql);
    const store = createPostgresStore({ connectionString });
    expect(await ratingsIn(store)).toEqual(COUNTED);
    const { conversationId, answer } = await accepted(store);
    const ended = finished(answer);
    const call = {
      place: 1,
      id: conversationId,
      message_id: answer.id,
      body: JSON.stringify(ended),
      search_text: '',
    };
    const calls = JSON.stringify([{ ...call, now_ms: 5, run_id: answer.run?.id }]);
    const [row] = await server.run(`SELECT rivulet_end_1('${calls}', 0) AS ended`);
    expect(row).toEqual({ ended: [1] });
    expect((await store.readMessages(conversationId)).at(-1)).toEqual(ended);
    expect(await store.console.readFacts(conversationId)).toEqual([]);
    await store.close();
    await server.dispose();
  },
);
