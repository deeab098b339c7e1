/**
 * How often the search finds what a question is about: `npm run bench -- knowledge`. It ingests the handbook of a shop in
 * `knowledge/documents` into each store and asks the questions of `knowledge/questions.json`, which were written before the first run, in
 * other words than the documents where people would use other words. Each has one right piece. It prints how many are among the first
 * five, and first, and fails when a store finds fewer than it did when the figures in docs/knowledge.md were written.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../packages/gateway/src/base/index.ts';
import { ingest } from '../packages/gateway/src/knowledge/ingest.ts';
import { createMemoryStore } from '../packages/gateway/src/stores/memory.ts';
import { createPostgresStore } from '../packages/gateway/src/stores/postgres.ts';
import { createSqliteStore } from '../packages/gateway/src/stores/sqlite.ts';
import type { Store } from '../packages/gateway/src/stores/store.ts';
import { startPostgres } from '../packages/gateway/src/testing/postgres-server.ts';

const at = (path: string) => fileURLToPath(new URL(`knowledge/${path}`, import.meta.url));
const QUESTIONS = JSON.parse(readFileSync(at('questions.json'), 'utf8')) as [
  question: string,
  piece: string,
][];
const SHOWN = 5;
/** Of the questions, whose right piece is among the first five. */
const LEAST_RECALL = 0.83;

async function measure(name: string, store: Store): Promise<void> {
  const { signal } = new AbortController();
  const source = { from: at('documents'), baseUrl: 'https://shop.example/' };
  await ingest({ store: store.knowledge, siteId: 'shop', source, clock: systemClock, signal });
  const { documents, pieces } = await store.knowledge.count('shop');
  const ranks = await Promise.all(QUESTIONS.map(([question, piece]) => rankOf(store, question, piece)));
  const within = (limit: number) => ranks.filter((rank) => rank < limit).length / QUESTIONS.length;
  const missed = QUESTIONS.filter((_, index) => (ranks[index] ?? SHOWN) >= SHOWN).map(
    ([question]) => question,
  );
  console.log(`${name}: ${documents} documents, ${pieces} pieces, ${QUESTIONS.length} questions`);
  console.log(`  recall@5 ${within(SHOWN).toFixed(3)}, first ${within(1).toFixed(3)}`);
  console.log(`  not found: ${missed.join(' | ')}`);
  if (within(SHOWN) < LEAST_RECALL) process.exitCode = 1;
  await store.close();
}

/** The place of the right piece, from 0; infinity when it is not among the first. */
async function rankOf({ knowledge }: Store, question: string, piece: string): Promise<number> {
  const found = await knowledge.search('shop', question, SHOWN);
  const names = found.map(
    ({ url, anchor }) => `${url.replace('https://shop.example/', '').replace('.md', '')}#${anchor}`,
  );
  const rank = names.indexOf(piece);
  return rank < 0 ? Infinity : rank;
}

const folder = mkdtempSync(join(tmpdir(), 'rivulet-bench-'));
const server = await startPostgres();
try {
  await measure('memory', createMemoryStore());
  await measure('sqlite', await createSqliteStore({ file: join(folder, 'rivulet.sqlite') }));
  await measure('postgres', createPostgresStore({ connectionString: server.connectionString }));
} finally {
  await server.dispose();
  rmSync(folder, { recursive: true });
}
