/**
 * The SQL statements of the Postgres store. Each is prepared once per connection, under its name. Columns are listed, because
 * a prepared statement with `*` fails once a newer gateway adds a column ("cached plan must not change result type").
 */
import { CONSOLE_POSTGRES } from './console-statements.ts';
import { POSTGRES_WEBHOOK_SQL } from './webhook-statements.ts';
import { KNOWLEDGE_POSTGRES } from './knowledge-statements.ts';
import { FIGURES_POSTGRES } from './figures-statements.ts';

const CONVERSATION = 'id, site_id, owner_id, title_json, created_ms, updated_ms, held_ms, desk_json';

/** A page of the inbox of a site. */
const DESK_PAGE = `FROM rivulet_conversations WHERE desk_owner <> 'ai' AND site_id = $1 AND desk_status = $2
      AND ($3::text IS NULL OR desk_owner = $3) AND ($4::text IS NULL OR desk_person = $4)
      AND (desk_waiting_ms, id) > ($5::float8, $6::text COLLATE "C")
    ORDER BY desk_waiting_ms, id LIMIT $7`;

/** A message, and the progress of an unfinished one: a JSON array with the events of each save, as text. */
const MESSAGE = `m.conversation_id, m.body, CASE m.run_state WHEN 'running' THEN coalesce((SELECT '[' || string_agg(p.events, ',' ORDER BY p.id) || ']'
      FROM rivulet_progress p WHERE p.conversation_id = m.conversation_id AND p.message_id = m.message_id), '[]') END AS progress`;
/**
 * The id of the message that a message replies to. `->>` fails when any string of the JSON has a NUL or half a surrogate pair, which it would
 * have to decode, so escapes are dropped first: first those of a backslash, or what follows one could be taken for an escape.
 */
const parentOf = (body: string): string =>
  `((CASE strpos(${body}, '\\u') WHEN 0 THEN ${body} ELSE
      regexp_replace(replace(${body}, '\\\\', ''), '\\\\u[0-9a-fA-F]{4}', '', 'g') END)::json ->> 'parentId')`;
/** A message and the one that it replies to, as JSON. A body is JSON; only `parentId` is read from it. */
const PAIR = `json_build_object('row', json_build_object('conversation_id', m.conversation_id, 'body', m.body, 'progress', m.progress),
      'parent', (SELECT json_build_object('conversation_id', q.conversation_id, 'body', q.body, 'progress', NULL)
        FROM rivulet_messages q WHERE q.conversation_id = m.conversation_id AND q.message_id = ${parentOf('m.body')}))`;

/** A conversation `c` that retention may erase. */
const EXPIRED = `c.site_id = $1 AND c.updated_ms < $2 AND c.held_ms IS NULL
    AND NOT EXISTS (SELECT FROM rivulet_messages WHERE conversation_id = c.id AND run_state IN ('running', 'ended'))`;
/** Notes what the statement `gone` has deleted. Its count is that of the notes, so that those which exist are written again. */
const NOTE_GONE = `INSERT INTO rivulet_erased (conversation_id) SELECT id FROM gone
    ON CONFLICT (conversation_id) DO UPDATE SET conversation_id = excluded.conversation_id`;

/** The statements by name. */
export const SQL = {
  /** Of any owner when the site is null. */
  readConversation: `SELECT ${CONVERSATION} FROM rivulet_conversations
    WHERE id = $1 AND ($2::text IS NULL OR (site_id = $2 AND owner_id = $3::text))`,
  // Functions: @see FUNCTIONS
  accept: 'SELECT rivulet_accept_2($1, $2) AS outcomes',
  endRuns: 'SELECT rivulet_end_2($1, $2) AS ended',
  settleRuns: 'SELECT rivulet_settle_1($1, $2)',
  saveProgress: 'SELECT rivulet_save_1($1, 0)',
  reserve: 'SELECT rivulet_reserve_1($1, 0) AS outcome',

  touchConversation: 'UPDATE rivulet_conversations SET updated_ms = $2 WHERE id = $1',
  countRatings: `UPDATE rivulet_conversations c SET rated_down = (SELECT count(*) FROM rivulet_messages
      WHERE conversation_id = c.id AND strpos(body, '"feedback":{"value":"down"') > 0) WHERE id = $1`,
  setTitle:
    'UPDATE rivulet_conversations SET title_json = $2, search_title = $4, updated_ms = $3 WHERE id = $1',
  /** `strpos` instead of LIKE, so that no character of the query is a wildcard. Rows without search columns are searched as stored. */
  listConversations: `SELECT ${CONVERSATION}, (SELECT body FROM rivulet_messages
      WHERE conversation_id = c.id AND coalesce(search_text, body) <> '' ORDER BY ordinal DESC LIMIT 1) AS newest_body
    FROM rivulet_conversations c WHERE site_id = $1 AND owner_id = $2 AND updated_ms < $3
      AND ($5::text = '' OR strpos(coalesce(search_title, lower(title_json)), $5) > 0 OR EXISTS (SELECT FROM rivulet_messages
        WHERE conversation_id = c.id AND strpos(coalesce(search_text, lower(body)), $5) > 0))
    ORDER BY updated_ms DESC, id LIMIT $4`,
  /** Of any owner when the owner is null. */
  listRecords: `SELECT ${CONVERSATION} FROM rivulet_conversations
    WHERE site_id = $1 AND ($2::text IS NULL OR owner_id = $2) AND id > $3 ORDER BY id LIMIT $4`,
  readKept: `SELECT count(*)::float8 AS conversations, coalesce(sum((SELECT sum(octet_length(body)) FROM rivulet_messages
      WHERE conversation_id = c.id)), 0)::float8 AS bytes
    FROM rivulet_conversations c WHERE site_id = $1 AND owner_id = $2`,
  moveConversations: `WITH ${locked()} UPDATE rivulet_conversations AS c SET site_id = $3, owner_id = $4
    FROM locked WHERE c.id = locked.id`,
  eraseConversation: `WITH gone AS (DELETE FROM rivulet_conversations WHERE id = $1 AND held_ms IS NULL RETURNING id) ${NOTE_GONE}`,
  eraseOwner: `WITH ${locked('AND held_ms IS NULL')},
    gone AS (DELETE FROM rivulet_conversations AS c USING locked WHERE c.id = locked.id RETURNING c.id) ${NOTE_GONE}`,

  listExpired: `SELECT c.id, c.site_id, c.owner_id FROM rivulet_conversations c WHERE ${EXPIRED} ORDER BY c.updated_ms LIMIT $3`,
  /** Under the locks of the conversations the conditions are checked again: one that is in use by now stays. */
  eraseExpired: `WITH locked AS MATERIALIZED (
      SELECT c.id FROM rivulet_conversations c WHERE c.id = ANY ($3::text[]) AND ${EXPIRED} ORDER BY c.id FOR UPDATE),
    gone AS (DELETE FROM rivulet_conversations AS c USING locked WHERE c.id = locked.id RETURNING c.id),
    noted AS (INSERT INTO rivulet_erased (conversation_id) SELECT id FROM gone ON CONFLICT DO NOTHING),
    anonymised AS (UPDATE rivulet_usage SET owner_id = '' WHERE conversation_id IN (SELECT id FROM gone))
    SELECT id AS conversation_id FROM gone`,
  listErased: `SELECT conversation_id FROM rivulet_erased e
    WHERE NOT EXISTS (SELECT FROM rivulet_conversations WHERE id = e.conversation_id) LIMIT $1`,
  forgetErased: 'DELETE FROM rivulet_erased WHERE conversation_id = ANY ($1::text[])',
  hold: 'UPDATE rivulet_conversations SET held_ms = coalesce(held_ms, $2), hold_reason_json = $3 WHERE id = $1',
  liftHold: `UPDATE rivulet_conversations SET held_ms = NULL, hold_reason_json = NULL
    WHERE id = $1 AND held_ms IS NOT NULL`,
  listHolds: `SELECT id, site_id, held_ms, hold_reason_json FROM rivulet_conversations
    WHERE held_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`,
  claimJob: `INSERT INTO rivulet_jobs AS j (name, holder, until_ms) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
      WHERE (j.done_ms IS NULL OR j.done_ms < $4) AND (j.holder = excluded.holder OR j.until_ms <= $5)`,
  finishJob: 'UPDATE rivulet_jobs SET done_ms = $3, until_ms = 0 WHERE name = $1 AND holder = $2',

  readMessages: `SELECT ${MESSAGE} FROM rivulet_messages m WHERE m.conversation_id = $1 ORDER BY m.ordinal`,
  /** The conversation with the newest id, the pair of one message, and the pairs of the unfinished ones. */
  readOverview: `SELECT ${CONVERSATION},
      (SELECT message_id FROM rivulet_messages WHERE conversation_id = $1 ORDER BY ordinal DESC LIMIT 1) AS newest_id,
      (SELECT ${PAIR} FROM (SELECT ${MESSAGE} FROM rivulet_messages m WHERE m.conversation_id = $1 AND m.message_id = $2) m) AS named,
      (SELECT coalesce(json_agg(${PAIR} ORDER BY m.ordinal), '[]') FROM (SELECT ${MESSAGE}, m.ordinal FROM rivulet_messages m
        WHERE m.conversation_id = $1 AND m.run_state = 'running') m) AS unfinished
    FROM rivulet_conversations WHERE id = $1 AND ($3::text IS NULL OR (site_id = $3 AND owner_id = $4::text))`,
  /** From the message upward; a row is returned while the sizes of those before it do not exceed the limit. Parents are older, so the recursion ends. */
  readBranch: `WITH RECURSIVE branch AS (
      SELECT m.*, 0::bigint AS chars_after FROM rivulet_messages m WHERE m.conversation_id = $1 AND m.message_id = $2
      UNION ALL
      SELECT m.*, b.chars_after + length(b.body) + length(coalesce(b.rounds, '')) FROM branch b JOIN rivulet_messages m
        ON m.conversation_id = $1 AND m.message_id = ${parentOf('b.body')} AND m.ordinal < b.ordinal
        WHERE b.chars_after + length(b.body) + length(coalesce(b.rounds, '')) + length(m.body) + length(coalesce(m.rounds, '')) <= $3)
    SELECT ${MESSAGE}, m.rounds FROM branch m ORDER BY m.ordinal`,
  putMessages: `INSERT INTO rivulet_messages (conversation_id, message_id, run_id, run_state, created_ms, body, search_text, ordinal)
    SELECT $1, m.id, m.run_id, m.run_state, m.created_ms, m.body, m.search_text, m.place + (
      SELECT coalesce(max(ordinal), 0) FROM rivulet_messages WHERE conversation_id = $1)
    FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[])
      WITH ORDINALITY AS m (id, run_id, run_state, created_ms, body, search_text, place)
    ON CONFLICT (conversation_id, message_id) DO UPDATE SET
      run_id = excluded.run_id, created_ms = excluded.created_ms, body = excluded.body, search_text = excluded.search_text,
      run_state = CASE rivulet_messages.run_state WHEN 'ended' THEN 'ended' ELSE excluded.run_state END
      WHERE excluded.run_state IS DISTINCT FROM 'running' OR rivulet_messages.run_state = 'running'`,
  removeMessage: 'DELETE FROM rivulet_messages WHERE conversation_id = $1 AND message_id = $2',
  listUnsettled: `SELECT conversation_id, message_id, run_id FROM rivulet_messages WHERE run_state IN ('running', 'ended')
    ORDER BY created_ms, conversation_id, ordinal`,

  forgetKeys: 'DELETE FROM rivulet_keys WHERE created_ms < $1',

  addRevocation: `INSERT INTO rivulet_revocations AS r (site_id, kind, id, at_ms, until_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (site_id, kind, id) DO UPDATE SET
      at_ms = greatest(r.at_ms, excluded.at_ms), until_ms = greatest(r.until_ms, excluded.until_ms)`,
  listRevocations: 'SELECT site_id, kind, id, at_ms, until_ms FROM rivulet_revocations WHERE at_ms >= $1',
  forgetRevocations: 'DELETE FROM rivulet_revocations WHERE until_ms < $1',

  keepSwitch: `INSERT INTO rivulet_site_switches AS s (site_id, disabled, at_ms) VALUES ($1, $2, $3)
    ON CONFLICT (site_id) DO UPDATE SET disabled = excluded.disabled, at_ms = excluded.at_ms
      WHERE excluded.at_ms >= s.at_ms`,
  listSwitches: 'SELECT site_id, disabled, at_ms FROM rivulet_site_switches',

  lockDesk: 'SELECT FROM rivulet_conversations WHERE id = $1 FOR NO KEY UPDATE',
  /** With a message, when it is the next one: `$8`, the newest one `$9`, its own id `$10`. */
  changeDesk: `UPDATE rivulet_conversations SET desk_revision = $2, desk_json = $3, desk_owner = $4, desk_person = $5, desk_status = $6,
      desk_waiting_ms = $7, updated_ms = CASE WHEN $8::boolean THEN $11::float8 ELSE updated_ms END
    WHERE id = $1 AND desk_revision = $2 - 1 AND (NOT $8::boolean OR ($9::text IS NOT DISTINCT FROM (
        SELECT message_id FROM rivulet_messages WHERE conversation_id = $1 ORDER BY ordinal DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM rivulet_messages WHERE conversation_id = $1 AND message_id = $10::text)))`,
  listDesk: `SELECT ${CONVERSATION} ${DESK_PAGE}`,
  // The page is the innermost query, so that the messages of no other conversation are read.
  searchDesk: `SELECT ${CONVERSATION}, CASE WHEN strpos(coalesce(search_title, lower(title_json)), $8) > 0 OR EXISTS (SELECT FROM rivulet_messages m
      WHERE m.conversation_id = c.id AND strpos(coalesce(m.search_text, lower(m.body)), $8) > 0) THEN 1 ELSE 0 END AS is_found
    FROM (SELECT ${CONVERSATION}, search_title, desk_waiting_ms ${DESK_PAGE}) c ORDER BY desk_waiting_ms, id`,

  /** Each run occurs once. The settings end with the statement, which is a transaction of its own. */
  recordUsage: `INSERT INTO rivulet_usage (conversation_id, run_id, site_id, owner_id, input_tokens, output_tokens, at_ms)
    SELECT u.* FROM (SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', $2, true)) AS settings,
      json_to_recordset($1) AS u (conversation_id text, run_id text, site_id text, owner_id text, input_tokens float8, output_tokens float8, at_ms float8)
    ORDER BY u.conversation_id COLLATE "C", u.run_id COLLATE "C"
    ON CONFLICT (conversation_id, run_id) DO UPDATE SET
      input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, at_ms = excluded.at_ms`,
  readUsage: `SELECT coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens
    FROM rivulet_usage WHERE site_id = $1 AND owner_id = $2 AND at_ms >= $3`,
  anonymiseUsage: "UPDATE rivulet_usage SET owner_id = '' WHERE site_id = $1 AND owner_id = $2",

  readSpent: `SELECT kind, tokens, cost_pico FROM rivulet_spent
    WHERE site_id = $1 AND day = $3 AND (kind, owner_id) IN (('visitor', $2), ('site', ''))`,
  forgetSpent: 'DELETE FROM rivulet_spent WHERE day < $1',
  readReservation:
    'SELECT tokens, cost_pico, note FROM rivulet_reservations WHERE conversation_id = $1 AND run_id = $2',
  addReservation: `INSERT INTO rivulet_reservations (conversation_id, run_id, site_id, owner_id, day, tokens, cost_pico)
    VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (conversation_id, run_id) DO NOTHING`,
  removeReservation: 'DELETE FROM rivulet_reservations WHERE conversation_id = $1 AND run_id = $2',
  forgetReservations: 'DELETE FROM rivulet_reservations WHERE day < $1',

  ...POSTGRES_WEBHOOK_SQL,
  ...KNOWLEDGE_POSTGRES,

  /** True on a replica, and on a database that is read-only by configuration. */
  check: `SELECT current_setting('transaction_read_only') = 'on' AS is_read_only`,
  ...CONSOLE_POSTGRES,
  ...FIGURES_POSTGRES,
} as const;

/**
 * Locks an owner's conversations in the order of their ids, so that two statements cannot deadlock. It is part of the statement
 * that changes them, because a second statement could see rows that were not locked.
 */
function locked(condition = ''): string {
  return `locked AS MATERIALIZED (
    SELECT id FROM rivulet_conversations WHERE site_id = $1 AND owner_id = $2 ${condition} ORDER BY id FOR UPDATE)`;
}

/** Name of a statement. */
export type StatementName = keyof typeof SQL;
