/** The writes of runs, of which many share a commit, on a real Postgres: what one of them meets does not concern the others. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import {
  SAMPLE_MS,
  accepted,
  finished,
  sampleAcceptance,
  sampleOwner,
  withText,
} from '../testing/samples.ts';
import { createPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
let server: PostgresServer;
let store: Store;
beforeAll(async () => {
  server = await startPostgres();
  store = createPostgresStore({ connectionString: server.connectionString });
  await store.check();
}, TIMEOUT_MS);
afterAll(async () => {
  await store.close();
  await server.dispose();
}, TIMEOUT_MS);

const kindOf = (outcome: Promise<{ kind: string }>) =>
  outcome.then(
    ({ kind }) => kind,
    () => 'failed',
  );
const readCommits = async () => {
  const [row] = await server.run(`SELECT pg_stat_force_next_flush(), xact_commit::integer AS commits
    FROM pg_stat_database WHERE datname = 'postgres'`);
  return (row as { commits: number }).commits;
};

it('each of many acceptances in one batch has its own outcome, and a row that the database refuses fails alone', async () => {
  const known = await accepted(store);
  const repeated = { ...known };
  const stranger = sampleAcceptance({ conversationId: (await accepted(store)).conversationId });
  const moved = sampleAcceptance({ newestId: known.question.id });
  const refused = sampleAcceptance({ owner: { siteId: 'site', ownerId: 'a \0' } });
  const fine = Array.from({ length: 5 }, () => sampleAcceptance());
  const all = [repeated, stranger, moved, refused, ...fine];
  const outcomes = await Promise.all(all.map((each) => kindOf(store.accept(each))));
  expect(outcomes).toEqual(['repeated', 'not-found', 'moved', 'failed', ...fine.map(() => 'accepted')]);
  for (const { conversationId, question, answer } of fine)
    expect(await store.readMessages(conversationId)).toEqual([question, answer]);
  for (const { conversationId } of [moved, refused])
    expect(await store.readConversation(conversationId)).toBeUndefined();
});

it('a conversation that another transaction has locked delays no other one', async () => {
  const held = await accepted(store);
  const other = new Client({ connectionString: server.connectionString });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM rivulet_conversations WHERE id = $1 FOR UPDATE', [held.conversationId]);
  const { conversationId, owner } = held;
  const late = kindOf(store.accept(sampleAcceptance({ conversationId, owner })));
  const outcomes = await Promise.all(
    Array.from({ length: 9 }, () => kindOf(store.accept(sampleAcceptance()))),
  );
  expect(outcomes).toEqual(Array(9).fill('accepted'));
  await other.query('ROLLBACK');
  expect(await late).toBe('accepted');
  await other.end();
});

it('a hundred runs need few commits', async () => {
  const before = await readCommits();
  const runs = Array.from({ length: 100 }, () => sampleAcceptance({ owner: sampleOwner() }));
  await Promise.all(runs.map((run) => store.accept(run)));
  const ends = runs.map(({ conversationId, answer }) =>
    store.endRun(conversationId, finished(withText(answer, 'done')), SAMPLE_MS + 1),
  );
  expect(await Promise.all(ends)).toEqual(Array(100).fill(true));
  await Promise.all(runs.map(({ conversationId, answer }) => store.settleRun(conversationId, answer.id)));
  expect(await store.listUnsettled()).not.toContainEqual(
    expect.objectContaining({ conversationId: runs[0]?.conversationId }),
  );
  const last = runs.at(-1) ?? sampleAcceptance();
  expect(await store.readMessages(last.conversationId)).toEqual([
    last.question,
    finished(withText(last.answer, 'done')),
  ]);
  await expect.poll(readCommits).toBeGreaterThan(before);
  expect((await readCommits()) - before).toBeLessThan(40);
});

it('functions that are missing, as after a dump of the tables, are created by the next gateway that connects', async () => {
  await server.run('DROP FUNCTION rivulet_accept_1, rivulet_save_1');
  const stores = Array.from({ length: 4 }, () =>
    createPostgresStore({ connectionString: server.connectionString, poolSize: 1 }),
  );
  const outcomes = await Promise.all(stores.map((each) => kindOf(each.accept(sampleAcceptance()))));
  expect(outcomes).toEqual(Array(4).fill('accepted'));
  await Promise.all(stores.map((each) => each.close()));
});

it('messages that are accepted while the same owners are erased and moved neither deadlock nor get lost', async () => {
  const [from, to] = [sampleOwner(), sampleOwner()];
  const accept = () => kindOf(store.accept(sampleAcceptance({ owner: from })));
  const outcomes = await Promise.all([
    ...Array.from({ length: 40 }, accept),
    store.moveConversations(from, to).then(() => 'moved'),
    ...Array.from({ length: 40 }, accept),
    store.eraseOwner(to).then(() => 'erased'),
  ]);
  expect(outcomes.filter((kind) => kind === 'accepted')).toHaveLength(80);
});
