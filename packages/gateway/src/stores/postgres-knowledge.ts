/** The documents of sites in the Postgres store. Its ranking knows no rare words, so that the best of it are ranked again by BM25. */
import * as v from 'valibot';
import { scoreOf } from './knowledge-rank.ts';
import type { KnowledgeStore } from './knowledge-store.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import { createSqlKnowledge } from './sql-knowledge.ts';

/** How many pieces are ranked for a question. */
const CANDIDATES = 300;

const MeasureSchema = v.object({ pieces: v.number(), mean_length: v.number() });
const CountSchema = v.object({ pieces: v.number() });
const terms = v.pipe(
  v.string(),
  v.transform((text) => (text === '' ? [] : text.split(' '))),
);
const CandidateSchema = v.object({ title_terms: terms, heading_terms: terms, text_terms: terms });

/** Creates it for an open database. */
export function createPostgresKnowledge(database: PostgresDatabase): KnowledgeStore {
  return createSqlKnowledge({
    read: async (name, values) => (await database.query(name, values)).rows,
    write: (writes) =>
      database.transaction('on-disk', async (query) => {
        const counts: number[] = [];
        for (const [name, values] of writes) counts.push((await query(name, values)).count);
        return { end: 'commit', result: counts };
      }),
    search: (siteId, asked, limit) => search(database, siteId, { asked, limit }),
  });
}

/** The query of Postgres that any of the terms answers. A term has letters, digits and marks only. */
const queryOf = (asked: readonly string[]): string => asked.map((term) => `'${term}'`).join(' | ');

async function search(
  database: PostgresDatabase,
  siteId: string,
  { asked, limit }: { asked: readonly string[]; limit: number },
): Promise<readonly unknown[]> {
  const query = queryOf(asked);
  const { rows } = await database.query('searchKnowledge', [query, siteId, query, CANDIDATES]);
  if (rows.length === 0) return rows;
  const measured = v.parse(MeasureSchema, (await database.query('measureKnowledge', [siteId])).rows[0]);
  const counts = await Promise.all(
    asked.map(async (term) => {
      const found = await database.query('countKnowledgeTerm', [queryOf([term]), siteId]);
      return [term, v.parse(CountSchema, found.rows[0]).pieces] as const;
    }),
  );
  const withTerm = new Map(counts);
  const corpus = {
    pieces: measured.pieces,
    meanLength: measured.mean_length,
    piecesWith: (term: string) => withTerm.get(term) ?? 0,
  };
  const scored = rows.map((row) => {
    const own = v.parse(CandidateSchema, row);
    const piece = { title: own.title_terms, heading: own.heading_terms, text: own.text_terms };
    return { row, score: scoreOf(asked, piece, corpus) };
  });
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ row }) => row);
}
