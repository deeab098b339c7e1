/** The SQL statements of the SQLite store. */
import { CONSOLE_SQLITE } from './console-statements.ts';
import { FIGURES_SQLITE } from './figures-statements.ts';
import type { StatementSync } from 'node:sqlite';
import type { SqliteDatabase } from './sqlite-database.ts';
import { KNOWLEDGE_SQLITE } from './knowledge-statements.ts';
import { WEBHOOK_SQL } from './webhook-statements.ts';

/** A message, and the progress of an unfinished one: a JSON array with the events of each save. */
const MESSAGE = `conversation_id, message_id, body, CASE run_state WHEN 'running' THEN (SELECT json_group_array(json(events)) FROM
      (SELECT events FROM progress p WHERE p.conversation_id = m.conversation_id AND p.message_id = m.message_id ORDER BY p.rowid))
    END AS progress`;

/** A conversation `c` that retention may erase. The condition of the index of unsettled messages is repeated. */
const EXPIRED = `c.site_id = ? AND c.updated_ms < ? AND c.held_ms IS NULL
    AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = c.id AND run_state IN ('running', 'ended'))`;

/** A page of the inbox of a site. */
const DESK_PAGE = `FROM conversations WHERE desk_owner <> 'ai' AND site_id = ? AND desk_status = ?
      AND (? IS NULL OR desk_owner = ?) AND (? IS NULL OR desk_person = ?) AND (desk_waiting_ms, id) > (?, ?)
    ORDER BY desk_waiting_ms, id LIMIT ?`;

const SQL = {
  readConversation: 'SELECT * FROM conversations WHERE id = ?',
  readOwner: 'SELECT site_id, owner_id, desk_owner FROM conversations WHERE id = ?',
  addConversation: `INSERT INTO conversations (id, site_id, owner_id, title_json, search_title, created_ms, updated_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  touchConversation: 'UPDATE conversations SET updated_ms = ? WHERE id = ?',
  // The cost is added to a sum that may be null, and may be null itself: it is not known then.
  addToTotals: `UPDATE conversations SET updated_ms = ?, cost_pico = coalesce(cost_pico + ?, ?, cost_pico), unpriced = unpriced + ?
    WHERE id = ?`,
  countRatings: `UPDATE conversations SET rated_down = (SELECT count(*) FROM messages
      WHERE conversation_id = conversations.id AND instr(body, '"feedback":{"value":"down"') > 0) WHERE id = ?`,
  setTitle: 'UPDATE conversations SET title_json = ?, search_title = ?, updated_ms = ? WHERE id = ?',
  /** `instr` instead of LIKE, so that no character of the query is a wildcard. Rows without search columns are searched as stored. */
  listConversations: `SELECT *, (SELECT body FROM messages WHERE conversation_id = c.id AND coalesce(search_text, body) <> ''
      ORDER BY ordinal DESC LIMIT 1) AS newest_body
    FROM conversations c WHERE site_id = ? AND owner_id = ? AND updated_ms < ?
      AND (? = '' OR instr(coalesce(search_title, lower(title_json)), ?) > 0 OR EXISTS (SELECT 1 FROM messages
        WHERE conversation_id = c.id AND instr(coalesce(search_text, lower(body)), ?) > 0))
    ORDER BY updated_ms DESC, id LIMIT ?`,
  // `octet_length` reads the size of a text and not the text.
  readKept: `SELECT count(*) AS conversations, coalesce(sum((SELECT sum(octet_length(body)) FROM messages
      WHERE conversation_id = c.id)), 0) AS bytes
    FROM conversations c WHERE site_id = ? AND owner_id = ?`,
  moveConversations: 'UPDATE conversations SET site_id = ?, owner_id = ? WHERE site_id = ? AND owner_id = ?',
  eraseConversation: 'DELETE FROM conversations WHERE id = ? AND held_ms IS NULL',
  eraseOwner: 'DELETE FROM conversations WHERE site_id = ? AND owner_id = ? AND held_ms IS NULL',

  listExpired: `SELECT id, site_id, owner_id FROM conversations c WHERE ${EXPIRED} ORDER BY updated_ms, id LIMIT ?`,
  eraseExpired: `DELETE FROM conversations AS c WHERE c.id = ? AND ${EXPIRED}`,
  noteErased: 'INSERT OR IGNORE INTO erased (conversation_id) VALUES (?)',
  noteErasedOne:
    'INSERT OR IGNORE INTO erased (conversation_id) SELECT id FROM conversations WHERE id = ? AND held_ms IS NULL',
  noteErasedOwner: `INSERT OR IGNORE INTO erased (conversation_id)
    SELECT id FROM conversations WHERE site_id = ? AND owner_id = ? AND held_ms IS NULL`,
  listErased: `SELECT conversation_id FROM erased e
    WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE id = e.conversation_id) LIMIT ?`,
  forgetErased: 'DELETE FROM erased WHERE conversation_id = ?',
  anonymiseUsageOf: "UPDATE usage SET owner_id = '' WHERE conversation_id = ?",
  hold: 'UPDATE conversations SET held_ms = coalesce(held_ms, ?), hold_reason_json = ? WHERE id = ?',
  liftHold:
    'UPDATE conversations SET held_ms = NULL, hold_reason_json = NULL WHERE id = ? AND held_ms IS NOT NULL',
  listHolds: `SELECT id, site_id, held_ms, hold_reason_json FROM conversations
    WHERE held_ms IS NOT NULL AND id > ? ORDER BY id LIMIT ?`,
  claimJob: `INSERT INTO jobs (name, holder, until_ms) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
      WHERE (done_ms IS NULL OR done_ms < ?) AND (holder = excluded.holder OR until_ms <= ?)`,
  finishJob: 'UPDATE jobs SET done_ms = ?, until_ms = 0 WHERE name = ? AND holder = ?',

  readMessages: `SELECT ${MESSAGE} FROM messages m WHERE conversation_id = ? ORDER BY ordinal`,
  readMessage: `SELECT ${MESSAGE}, rounds FROM messages m WHERE conversation_id = ? AND message_id = ?`,
  readNewest: 'SELECT message_id FROM messages WHERE conversation_id = ? ORDER BY ordinal DESC LIMIT 1',
  hasMessage: 'SELECT 1 FROM messages WHERE conversation_id = ? AND message_id = ?',
  // No numbered parameters: node:sqlite of Node 22 does not bind them by position.
  putMessage: `INSERT INTO messages (conversation_id, message_id, run_id, run_state, created_ms, body, search_text, ordinal)
    VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(ordinal), 0) + 1 FROM messages WHERE conversation_id = ?))
    ON CONFLICT (conversation_id, message_id) DO UPDATE SET
      run_id = excluded.run_id, created_ms = excluded.created_ms, body = excluded.body, search_text = excluded.search_text,
      run_state = CASE messages.run_state WHEN 'ended' THEN 'ended' ELSE excluded.run_state END
      WHERE excluded.run_state IS NOT 'running' OR messages.run_state IS 'running'`,
  endRun: `UPDATE messages SET run_state = 'ended', body = ?, search_text = ?, rounds = ?, facts = ?
    WHERE conversation_id = ? AND message_id = ? AND run_state = 'running'`,
  settleRun: `UPDATE messages SET run_state = 'finished'
    WHERE conversation_id = ? AND message_id = ? AND run_state = 'ended'`,
  removeMessage: 'DELETE FROM messages WHERE conversation_id = ? AND message_id = ?',
  /** The condition of the index is repeated, because SQLite does not conclude it from the other one. */
  listRunningOf: `SELECT ${MESSAGE} FROM messages m WHERE conversation_id = ? AND run_state = 'running'
    AND run_state IN ('running', 'ended') ORDER BY ordinal`,
  countRunningOf: `SELECT count(*) AS running FROM messages WHERE conversation_id = ? AND run_state = 'running'
    AND run_state IN ('running', 'ended')`,
  addProgress: `INSERT INTO progress (conversation_id, message_id, events)
    SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM messages WHERE conversation_id = ? AND message_id = ? AND run_state = 'running')`,
  addSave: 'INSERT INTO saves (name, answers) VALUES (?, ?)',
  listSaves: 'SELECT name FROM saves ORDER BY id',
  readSave: 'SELECT answers FROM saves WHERE name = ?',
  removeSaves: 'DELETE FROM saves',
  removeProgress: 'DELETE FROM progress WHERE conversation_id = ? AND message_id = ?',
  listUnsettled: `SELECT conversation_id, message_id, run_id FROM messages WHERE run_state IN ('running', 'ended')
    ORDER BY created_ms, conversation_id, ordinal`,

  readKey: 'SELECT digest, answer_id, run_id FROM keys WHERE conversation_id = ? AND key = ?',
  addKey: `INSERT INTO keys (conversation_id, key, digest, answer_id, run_id, created_ms) VALUES (?, ?, ?, ?, ?, ?)`,
  forgetKeys: 'DELETE FROM keys WHERE created_ms < ?',

  addRevocation: `INSERT INTO revocations (site_id, kind, id, at_ms, until_ms) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (site_id, kind, id) DO UPDATE SET
      at_ms = max(at_ms, excluded.at_ms), until_ms = max(until_ms, excluded.until_ms)`,
  listRevocations: 'SELECT site_id, kind, id, at_ms, until_ms FROM revocations WHERE at_ms >= ?',
  forgetRevocations: 'DELETE FROM revocations WHERE until_ms < ?',

  keepSwitch: `INSERT INTO site_switches (site_id, disabled, at_ms) VALUES (?, ?, ?)
    ON CONFLICT (site_id) DO UPDATE SET disabled = excluded.disabled, at_ms = excluded.at_ms
      WHERE excluded.at_ms >= at_ms`,
  listSwitches: 'SELECT site_id, disabled, at_ms FROM site_switches',

  changeDesk: `UPDATE conversations SET desk_json = ?, desk_owner = ?, desk_person = ?, desk_status = ?, desk_waiting_ms = ?, desk_revision = ?
    WHERE id = ? AND desk_revision = ?`,
  listDesk: `SELECT * ${DESK_PAGE}`,
  // The page is the innermost query, so that the messages of no other conversation are read.
  searchDesk: `SELECT *, CASE WHEN instr(coalesce(search_title, lower(title_json)), ?) > 0 OR EXISTS (SELECT 1 FROM messages m
      WHERE m.conversation_id = c.id AND instr(coalesce(m.search_text, lower(m.body)), ?) > 0) THEN 1 ELSE 0 END AS is_found
    FROM (SELECT * ${DESK_PAGE}) c ORDER BY desk_waiting_ms, id`,

  recordUsage: `INSERT INTO usage (conversation_id, run_id, site_id, owner_id, input_tokens, output_tokens, at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (conversation_id, run_id) DO UPDATE SET
      input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, at_ms = excluded.at_ms`,
  readUsage: `SELECT total(input_tokens) AS input_tokens, total(output_tokens) AS output_tokens
    FROM usage WHERE site_id = ? AND owner_id = ? AND at_ms >= ?`,
  anonymiseUsage: "UPDATE usage SET owner_id = '' WHERE site_id = ? AND owner_id = ?",

  readSpent:
    'SELECT tokens, cost_pico FROM spent WHERE site_id = ? AND kind = ? AND owner_id = ? AND day = ?',
  addSpent: `INSERT INTO spent (site_id, kind, owner_id, day, tokens, cost_pico) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (site_id, kind, owner_id, day) DO UPDATE SET
      tokens = tokens + excluded.tokens, cost_pico = cost_pico + excluded.cost_pico`,
  forgetSpent: 'DELETE FROM spent WHERE day < ?',
  readReservation: `SELECT site_id, owner_id, day, tokens, cost_pico, note FROM reservations
    WHERE conversation_id = ? AND run_id = ?`,
  addReservation: `INSERT INTO reservations (conversation_id, run_id, site_id, owner_id, day, tokens, cost_pico)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  changeReservation:
    'UPDATE reservations SET tokens = ?, cost_pico = ?, note = ? WHERE conversation_id = ? AND run_id = ?',
  removeReservation: 'DELETE FROM reservations WHERE conversation_id = ? AND run_id = ?',
  forgetReservations: 'DELETE FROM reservations WHERE day < ?',
  ...CONSOLE_SQLITE,

  ...WEBHOOK_SQL,
  ...KNOWLEDGE_SQLITE,
  ...FIGURES_SQLITE,
} as const;

/** The prepared statements by name. */
export type Statements = Record<keyof typeof SQL, StatementSync>;

/** Prepares all statements, once for each open database. */
export function prepareStatements(database: Pick<SqliteDatabase, 'prepare'>): Statements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(prepared) as Statements; // the names are SQL's own, which fromEntries forgets
}
