/** The statements of the documents of sites, for both databases: Postgres gets its names of tables and numbered parameters. */

const PIECE = 'p.url, d.title, p.ordinal, p.heading, p.anchor, p.text';
const JOIN = 'JOIN knowledge_documents d ON d.site_id = p.site_id AND d.url = p.url';

const SHARED = {
  beginKnowledge: `INSERT INTO knowledge_sources (site_id, source, started_ms, finished_ms) VALUES (?, ?, ?, NULL)
    ON CONFLICT (site_id, source) DO UPDATE SET finished_ms = NULL, started_ms =
      CASE WHEN knowledge_sources.finished_ms IS NULL THEN knowledge_sources.started_ms
        WHEN knowledge_sources.finished_ms > excluded.started_ms THEN knowledge_sources.finished_ms ELSE excluded.started_ms END`,
  readKnowledgeSource: 'SELECT started_ms FROM knowledge_sources WHERE site_id = ? AND source = ?',
  finishKnowledge: 'UPDATE knowledge_sources SET finished_ms = ? WHERE site_id = ? AND source = ?',
  removeKnowledgeSource: 'DELETE FROM knowledge_sources WHERE site_id = ? AND source = ?',
  removeKnowledgeOf:
    'DELETE FROM knowledge_documents WHERE site_id = ? AND source = ? AND checked_ms <= CAST(? AS double precision)',
  removeKnowledge: 'DELETE FROM knowledge_documents WHERE site_id = ? AND url = ?',
  putKnowledge: `INSERT INTO knowledge_documents
      (site_id, url, source, title, etag, last_modified, digest, links_json, checked_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  addKnowledgePiece: `INSERT INTO knowledge_pieces
      (site_id, url, ordinal, heading, anchor, text, title_terms, heading_terms, text_terms, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  touchKnowledge: 'UPDATE knowledge_documents SET source = ?, checked_ms = ? WHERE site_id = ? AND url = ?',
  findKnowledge: `SELECT site_id, url, source, title, etag, last_modified, digest, links_json, checked_ms, changed_ms
    FROM knowledge_documents WHERE site_id = ? AND url = ?`,
  listKnowledgeSources: `SELECT s.source, s.started_ms, s.finished_ms, CAST((SELECT count(*) FROM knowledge_documents d
      WHERE d.site_id = s.site_id AND d.source = s.source) AS double precision) AS documents
    FROM knowledge_sources s WHERE s.site_id = ? ORDER BY s.source`,
  countKnowledge: `SELECT CAST((SELECT count(*) FROM knowledge_documents WHERE site_id = ?) AS double precision) AS documents,
      CAST((SELECT count(*) FROM knowledge_pieces WHERE site_id = ?) AS double precision) AS pieces`,
} as const;

/** What differs: FTS5 ranks itself; Postgres gives the pieces that have most of the terms, to be ranked by BM25. */
const OF_SQLITE = {
  ...SHARED,
  searchKnowledge: `SELECT ${PIECE} FROM knowledge_index i JOIN knowledge_pieces p ON p.id = i.rowid ${JOIN}
    WHERE knowledge_index MATCH ? AND p.site_id = ? ORDER BY bm25(knowledge_index, 3.0, 2.0, 1.0), p.url, p.ordinal LIMIT ?`,
} as const;
const OF_POSTGRES = {
  ...SHARED,
  searchKnowledge: `SELECT ${PIECE}, p.title_terms, p.heading_terms, p.text_terms FROM knowledge_pieces p ${JOIN}
    WHERE p.search @@ CAST(? AS tsquery) AND p.site_id = ?
    ORDER BY ts_rank(p.search, CAST(? AS tsquery)) DESC, p.url, p.ordinal LIMIT ?`,
  measureKnowledge: `SELECT count(*)::float8 AS pieces, coalesce(avg(length(p.terms) - length(replace(p.terms, ' ', '')) + 1), 1)::float8
      AS mean_length FROM knowledge_pieces p WHERE p.site_id = ?`,
  countKnowledgeTerm: `SELECT count(*)::float8 AS pieces FROM knowledge_pieces p
    WHERE p.search @@ CAST(? AS tsquery) AND p.site_id = ?`,
} as const;

/** The name of a statement that both databases have. */
export type KnowledgeStatement = keyof typeof OF_SQLITE;
/** A statement that writes, with its parameters. */
export type KnowledgeWrite = readonly [name: KnowledgeStatement, values: readonly (string | number | null)[]];

/** The statements for SQLite. */
export const KNOWLEDGE_SQLITE = OF_SQLITE;
/** The statements for Postgres. */
export const KNOWLEDGE_POSTGRES = Object.fromEntries(
  Object.entries(OF_POSTGRES).map(([name, sql]) => {
    let parameter = 0;
    const numbered = sql.replaceAll('?', () => `$${(parameter += 1)}`);
    return [name, numbered.replace(/\bknowledge_(documents|pieces|sources)\b/g, 'rivulet_knowledge_$1')];
  }),
) as Record<keyof typeof OF_POSTGRES, string>; // the names are those of OF_POSTGRES, which fromEntries forgets
