/**
 * The statements of the console, for both SQL stores: `{name}` is a table, `$1` a parameter. Without imports, because the worker of
 * the SQLite store loads it, but for the statements of the desk.
 */

import { DESK_STATEMENTS } from './desk-statements.ts';

/**
 * A list that is sorted by cost or rating sorts so many conversations of its time, the most recently updated ones: some 100 ms, however many
 * there are.
 */
export const CONSOLE_RANKED = 100_000;

/** Those of `PreparedQuery`: $5 is the text, $6 to $8 are the marks, $9 is that of the model. */
const FOUND = `($5 = '' OR strpos(coalesce(search_title, lower(title_json)), $5) > 0 OR EXISTS (SELECT 1 FROM {messages} m
      WHERE m.conversation_id = c.id AND strpos(coalesce(m.search_text, lower(m.body)), $5) > 0))
    AND (($6 = '' AND $9 = '') OR EXISTS (SELECT 1 FROM {messages} m WHERE m.conversation_id = c.id AND strpos(m.body, $6) > 0
      AND strpos(m.body, $7) > 0 AND strpos(m.body, $8) > 0 AND ($9 = '' OR strpos(m.facts, $9) > 0)))`;
const COLUMNS = `id, site_id, owner_id, title_json, created_ms, updated_ms, held_ms, desk_json, cost_pico, unpriced, rated_down`;
const NEWEST_FIRST = 'updated_ms DESC, id DESC';
/** A list that is sorted by rating has the number of bad ratings in its order, another one has 0. */
const RANK = 'CASE WHEN $11 = 1 THEN rated_down ELSE 0 END, coalesce(cost_pico, -1), id';
const RANK_FIRST = 'CASE WHEN $11 = 1 THEN rated_down ELSE 0 END DESC, coalesce(cost_pico, -1) DESC, id DESC';
/**
 * The position and the bound of the scan are in the innermost query, so that the messages of no other conversation are read: Postgres would
 * take the conditions for those of every conversation, and hash all messages (1.2 s of two million).
 */
const found = (
  scanned: string,
  order: string,
): string => `SELECT ${COLUMNS}, is_found, CASE is_found WHEN 1 THEN (SELECT body FROM {messages}
      WHERE conversation_id = s.id AND coalesce(search_text, body) <> '' ORDER BY ordinal DESC LIMIT 1) END AS newest_body
    FROM (SELECT ${COLUMNS}, CASE WHEN ${FOUND} THEN 1 ELSE 0 END AS is_found FROM (SELECT ${COLUMNS}, search_title FROM {conversations}
      WHERE ${scanned} ORDER BY ${order} LIMIT $4) c) s
    ORDER BY ${order}`;
const search = (owner: string): string =>
  found(`${owner} (updated_ms, id) < ($1, $2) AND updated_ms >= $3`, NEWEST_FIRST);
/** The conversations are sorted by what the index of their times has, and read when they are on the page. */
const rank = (owner: string): string =>
  found(
    `id IN (SELECT id FROM (SELECT id, cost_pico, rated_down FROM {conversations}
        WHERE ${owner} updated_ms >= $3 AND updated_ms < $12 ORDER BY ${NEWEST_FIRST} LIMIT ${CONSOLE_RANKED}) n
      WHERE (${RANK}) < ($10, $1, $2) ORDER BY ${RANK_FIRST} LIMIT $4)`,
    RANK_FIRST,
  );
const SESSION = 'digest, id, user_name, token_id, address, created_ms, expires_ms';
const ENTRY = 'at_ms, id, user_name, action, target, site_id, address';

const STATEMENTS = {
  addConsoleSession: `INSERT INTO {console_sessions} (${SESSION}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  findConsoleSession: `SELECT ${SESSION} FROM {console_sessions} WHERE digest = $1 AND expires_ms > $2`,
  listConsoleSessions: `SELECT ${SESSION} FROM {console_sessions} WHERE expires_ms > $1
    ORDER BY created_ms DESC, id DESC LIMIT 1000`,
  endConsoleSession: 'DELETE FROM {console_sessions} WHERE id = $1',
  endConsoleSessionsOf:
    'DELETE FROM {console_sessions} WHERE strpos(token_id, $1) > 0 AND strpos(token_id, $2) > 0',
  forgetConsoleSessions: 'DELETE FROM {console_sessions} WHERE expires_ms <= $1',
  ...DESK_STATEMENTS,
  // Another one may be kept at the same moment: of those that follow the same edit the first is kept.
  keepSiteEdit: `INSERT INTO {site_edits} (site_id, revision, settings_json, user_name, at_ms)
    SELECT v.site_id, v.revision, v.settings_json, v.user_name, v.at_ms
    FROM (SELECT CAST($1 AS text) AS site_id, CAST($2 AS integer) AS revision, CAST($3 AS text) AS settings_json,
      CAST($4 AS text) AS user_name, CAST($5 AS double precision) AS at_ms) AS v
    WHERE v.revision = 1 OR EXISTS (SELECT 1 FROM {site_edits} e WHERE e.site_id = v.site_id)
    ON CONFLICT (site_id) DO UPDATE SET revision = excluded.revision, settings_json = excluded.settings_json,
      user_name = excluded.user_name, at_ms = excluded.at_ms
      WHERE {site_edits}.revision = excluded.revision - 1`,
  listSiteEdits: 'SELECT site_id, revision, settings_json, user_name, at_ms FROM {site_edits}',
  appendAudit: `INSERT INTO {console_audit} (${ENTRY}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  listAudit: `SELECT ${ENTRY} FROM {console_audit} WHERE (at_ms, id) < ($1, $2)
    ORDER BY at_ms DESC, id DESC LIMIT $3`,
  searchAll: search(''),
  searchSite: search('site_id = $10 AND'),
  searchOwner: search('site_id = $10 AND owner_id = $11 AND'),
  // An empty site or owner: any of them.
  searchRun: search(`id IN (SELECT conversation_id FROM {messages} WHERE run_id >= $12 AND run_id < $13)
      AND $10 IN ('', site_id) AND $11 IN ('', owner_id) AND`),
  rankAll: rank(''),
  rankSite: rank('site_id = $13 AND'),
  rankOwner: rank('site_id = $13 AND owner_id = $14 AND'),
  readFacts: `SELECT message_id, facts FROM {messages} WHERE conversation_id = $1 AND facts IS NOT NULL ORDER BY ordinal`,
} as const;

/** The name of a statement of the console. */
export type ConsoleStatement = keyof typeof STATEMENTS;

/** Those that may read much. In SQLite they have a connection of their own, so that no write waits for them. */
export const LONG_READS: ReadonlySet<ConsoleStatement> = new Set([
  ...(['searchAll', 'searchSite', 'searchOwner', 'searchRun', 'rankAll', 'rankSite', 'rankOwner'] as const),
  'listAudit' as const,
]);

const NAMES = Object.keys(STATEMENTS) as ConsoleStatement[]; // Object.keys forgets the key type
const built = (build: (sql: string) => string): Record<ConsoleStatement, string> =>
  // Object.fromEntries forgets the key type.
  Object.fromEntries(NAMES.map((name) => [name, build(STATEMENTS[name])])) as Record<
    ConsoleStatement,
    string
  >;

/** For Postgres. */
export const CONSOLE_POSTGRES = built((sql) => sql.replace(/\{(\w+)\}/g, 'rivulet_$1'));
/** For SQLite. It has no numbered parameters, so that `inOrder` repeats the values. */
export const CONSOLE_SQLITE = built((sql) =>
  sql
    .replace(/\{(\w+)\}/g, '$1')
    .replace(/\$\d+/g, '?')
    .replaceAll('strpos(', 'instr('),
);

/** The values of a statement, as SQLite binds them. */
export function inOrder<Value>(name: ConsoleStatement, values: readonly Value[]): Value[] {
  return [...STATEMENTS[name].matchAll(/\$(\d+)/g)].flatMap(([, number]) => {
    const value = values[Number(number) - 1];
    return value === undefined ? [] : [value];
  });
}
