/** The tables of the SQLite store, as ordered migrations. */
import { KNOWLEDGE_SQLITE_TABLES } from './sqlite-knowledge-tables.ts';

/**
 * Migration n changes the file from `user_version` n to n + 1. A released migration is never changed: add another one.
 *
 * - Times are REAL because JavaScript numbers are doubles.
 * - Texts of visitors and models (`body`, `title_json`) are JSON: SQLite stores UTF-8, which cannot hold a lone surrogate (half
 *   an emoji), and JSON escapes it. The same applies to NUL.
 * - A message id is unique within its conversation only: clients mint ids, and one visitor must not block those of another.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE conversations (
     id TEXT PRIMARY KEY NOT NULL,
     site_id TEXT NOT NULL,
     owner_id TEXT NOT NULL,
     title_json TEXT NOT NULL,
     created_ms REAL NOT NULL,
     updated_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX conversations_by_owner ON conversations (site_id, owner_id, updated_ms);

   CREATE TABLE messages (
     conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
     ordinal INTEGER NOT NULL,
     message_id TEXT NOT NULL,
     run_id TEXT,
     run_state TEXT,
     created_ms REAL NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (conversation_id, ordinal),
     UNIQUE (conversation_id, message_id)
   ) STRICT;
   CREATE INDEX messages_running ON messages (created_ms) WHERE run_state = 'running';

   CREATE TABLE keys (
     conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
     key TEXT NOT NULL,
     digest TEXT NOT NULL,
     answer_id TEXT NOT NULL,
     run_id TEXT NOT NULL,
     created_ms REAL NOT NULL,
     PRIMARY KEY (conversation_id, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX keys_by_age ON keys (created_ms);

   -- No reference to the conversation: usage outlives it.
   CREATE TABLE usage (
     conversation_id TEXT NOT NULL,
     run_id TEXT NOT NULL,
     site_id TEXT NOT NULL,
     owner_id TEXT NOT NULL,
     input_tokens REAL NOT NULL,
     output_tokens REAL NOT NULL,
     at_ms REAL NOT NULL,
     PRIMARY KEY (conversation_id, run_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX usage_by_owner ON usage (site_id, owner_id, at_ms);`,
  // A run that has ended is 'ended' until its end is in the event log, then 'finished'.
  `DROP INDEX messages_running;
   CREATE INDEX messages_unsettled ON messages (created_ms) WHERE run_state IN ('running', 'ended');`,

  // Normalised by the writer, because SQLite folds the case of ASCII only. NULL in older rows.
  `ALTER TABLE conversations ADD COLUMN search_title TEXT;
   ALTER TABLE messages ADD COLUMN search_text TEXT;`,

  // The unfinished runs of one conversation are found without reading its messages.
  `DROP INDEX messages_unsettled;
   CREATE INDEX messages_unsettled ON messages (conversation_id, ordinal) WHERE run_state IN ('running', 'ended');
   -- What unfinished answers have gained since their message was written; in the order of the row ids.
   CREATE TABLE progress (
     conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
     message_id TEXT NOT NULL,
     events TEXT NOT NULL
   ) STRICT;
   CREATE INDEX progress_by_message ON progress (conversation_id, message_id);`,

  // The newest progress of all answers: a row for each save, see sqlite-progress.ts.
  `CREATE TABLE saves (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     answers TEXT NOT NULL
   ) STRICT;`,

  // The rounds of an answer as JSON, beside its body: only its upstream is given them again.
  'ALTER TABLE messages ADD COLUMN rounds TEXT;',

  // No reference to the conversation: what was used outlives it. The site's own rows have an empty owner.
  `CREATE TABLE spent (
     site_id TEXT NOT NULL,
     kind TEXT NOT NULL,
     owner_id TEXT NOT NULL,
     day INTEGER NOT NULL,
     tokens REAL NOT NULL,
     cost_pico REAL NOT NULL,
     PRIMARY KEY (site_id, kind, owner_id, day)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE reservations (
     conversation_id TEXT NOT NULL,
     run_id TEXT NOT NULL,
     site_id TEXT NOT NULL,
     owner_id TEXT NOT NULL,
     day INTEGER NOT NULL,
     tokens REAL NOT NULL,
     cost_pico REAL NOT NULL,
     note TEXT,
     PRIMARY KEY (conversation_id, run_id)
   ) STRICT, WITHOUT ROWID;`,
  // Tokens that are refused before they expire.
  `CREATE TABLE revocations (
     site_id TEXT NOT NULL,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     at_ms REAL NOT NULL,
     until_ms REAL NOT NULL,
     PRIMARY KEY (site_id, kind, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX revocations_by_time ON revocations (at_ms);`,
  // Conversations that must not be erased, and those that are old. The reason of a hold is JSON, like other texts.
  `ALTER TABLE conversations ADD COLUMN held_ms REAL;
   ALTER TABLE conversations ADD COLUMN hold_reason_json TEXT;
   CREATE INDEX conversations_by_age ON conversations (site_id, updated_ms);
   CREATE INDEX conversations_held ON conversations (id) WHERE held_ms IS NOT NULL;
   -- Conversations that were erased, while their files and events may be left.
   CREATE TABLE erased (conversation_id TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
   -- What one gateway does for all: who does it until when, and when it was done.
   CREATE TABLE jobs (
     name TEXT PRIMARY KEY NOT NULL,
     holder TEXT NOT NULL,
     until_ms REAL NOT NULL,
     done_ms REAL
   ) STRICT, WITHOUT ROWID;`,
  // Sites that were switched off, or on again: `disabled` is JSON.
  `CREATE TABLE site_switches (
     site_id TEXT PRIMARY KEY NOT NULL,
     disabled TEXT NOT NULL,
     at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // The operator's console: who has signed in, what they did, and the newest conversations of all sites.
  `CREATE TABLE console_sessions (
     digest TEXT PRIMARY KEY NOT NULL,
     id TEXT NOT NULL UNIQUE,
     user_name TEXT NOT NULL,
     token_id TEXT NOT NULL,
     address TEXT NOT NULL,
     created_ms REAL NOT NULL,
     expires_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE console_audit (
     at_ms REAL NOT NULL,
     id TEXT NOT NULL,
     user_name TEXT NOT NULL,
     action TEXT NOT NULL,
     target TEXT NOT NULL,
     site_id TEXT NOT NULL,
     address TEXT NOT NULL,
     PRIMARY KEY (at_ms, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX conversations_by_update ON conversations (updated_ms);`,
  // A run is found by the beginning of its id, which visitors read out.
  'CREATE INDEX messages_by_run ON messages (run_id) WHERE run_id IS NOT NULL;',
  // What the desk knows of a conversation, as JSON, and the values that its list is read by.
  `ALTER TABLE conversations ADD COLUMN desk_json TEXT;
   ALTER TABLE conversations ADD COLUMN desk_revision INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE conversations ADD COLUMN desk_owner TEXT NOT NULL DEFAULT 'ai';
   ALTER TABLE conversations ADD COLUMN desk_person TEXT;
   ALTER TABLE conversations ADD COLUMN desk_status TEXT;
   ALTER TABLE conversations ADD COLUMN desk_waiting_ms REAL;
   CREATE INDEX conversations_desk ON conversations (site_id, desk_status, desk_waiting_ms, id) WHERE desk_owner <> 'ai';`,
  // The outbox of webhooks, without a reference to the conversation: some events have none. `dead_ms`: it was given up.
  `CREATE TABLE webhook_deliveries (
     ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
     event_id TEXT NOT NULL,
     endpoint TEXT NOT NULL,
     order_key TEXT NOT NULL,
     body TEXT NOT NULL,
     queued_ms REAL NOT NULL,
     retry_ms REAL NOT NULL,
     attempts INTEGER NOT NULL,
     refusals INTEGER NOT NULL,
     problem TEXT,
     dead_ms REAL,
     UNIQUE (endpoint, event_id)
   ) STRICT;
   CREATE INDEX webhook_deliveries_by_key ON webhook_deliveries (order_key, endpoint, ordinal) WHERE dead_ms IS NULL;
   CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, retry_ms) WHERE dead_ms IS NULL;`,
  // The figures of the overview: sums by the width of their bucket, and the gateways that write them.
  `CREATE TABLE figures (
     width_ms INTEGER NOT NULL,
     start_ms INTEGER NOT NULL,
     site_id TEXT NOT NULL,
     name TEXT NOT NULL,
     writer TEXT NOT NULL,
     value REAL NOT NULL,
     PRIMARY KEY (width_ms, start_ms, site_id, name, writer)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE gateway_nodes (
     id TEXT PRIMARY KEY NOT NULL,
     seen_ms REAL NOT NULL,
     body TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // The people at the desk, as JSON with what changes beside it, and their notes. The text of a note is JSON, like other texts.
  `CREATE TABLE desk_members (
     id TEXT PRIMARY KEY NOT NULL,
     person_json TEXT NOT NULL,
     choice TEXT NOT NULL,
     seen_ms REAL NOT NULL,
     active_ms REAL NOT NULL,
     assigned_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE desk_notes (
     conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
     id TEXT NOT NULL,
     at_ms REAL NOT NULL,
     user_name TEXT NOT NULL,
     text_json TEXT NOT NULL,
     PRIMARY KEY (conversation_id, at_ms, id)
   ) STRICT, WITHOUT ROWID;`,
  // What was edited of the settings of sites, by the path of each setting.
  `CREATE TABLE site_edits (
     site_id TEXT PRIMARY KEY NOT NULL,
     revision INTEGER NOT NULL,
     settings_json TEXT NOT NULL,
     user_name TEXT NOT NULL,
     at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  KNOWLEDGE_SQLITE_TABLES,
  // What is kept of a run beside its answer, as JSON, and what its conversation has cost and is rated. The index has all that the list by
  // cost and rating is sorted by, and takes the place of another one, so that a write touches no more of them.
  `ALTER TABLE messages ADD COLUMN facts TEXT;
   ALTER TABLE conversations ADD COLUMN cost_pico REAL;
   ALTER TABLE conversations ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE conversations ADD COLUMN rated_down INTEGER NOT NULL DEFAULT 0;
   UPDATE conversations SET rated_down = rated.answers FROM (SELECT conversation_id, count(*) AS answers FROM messages
     WHERE instr(body, '"feedback":{"value":"down"') > 0 GROUP BY conversation_id) AS rated WHERE id = rated.conversation_id;
   DROP INDEX conversations_by_update;
   CREATE INDEX conversations_by_update ON conversations (updated_ms, id, site_id, cost_pico, rated_down);`,
];

/** The version of the tables of this gateway. */
export const SCHEMA_VERSION = MIGRATIONS.length;
