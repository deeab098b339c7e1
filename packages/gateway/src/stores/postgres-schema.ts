/** The tables of the Postgres store, as ordered migrations. */

/**
 * Migration n brings the database from version n to n + 1. A released one is never changed: add the next. Gateways of the
 * version before are still running while it is applied, so a column is added before it is needed and dropped a version after.
 *
 * The names begin with `rivulet_` because the database may be shared. Ids compare by their bytes (COLLATE "C"), whatever the
 * database's language. Times are double precision because a JavaScript number is one. Texts that people or models wrote
 * (`body`, `title_json`) are JSON kept as text: `jsonb` refuses `\u0000` and half an emoji, which JSON escapes.
 * A message's id is unique in its conversation only: visitors mint ids, and one must not be able to block another's.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE rivulet_conversations (
     id text COLLATE "C" PRIMARY KEY,
     site_id text COLLATE "C" NOT NULL,
     owner_id text COLLATE "C" NOT NULL,
     title_json text NOT NULL,
     created_ms double precision NOT NULL,
     updated_ms double precision NOT NULL
   );
   CREATE INDEX rivulet_conversations_by_owner ON rivulet_conversations (site_id, owner_id, updated_ms);

   CREATE TABLE rivulet_messages (
     conversation_id text COLLATE "C" NOT NULL REFERENCES rivulet_conversations (id) ON DELETE CASCADE,
     ordinal bigint NOT NULL,
     message_id text COLLATE "C" NOT NULL,
     run_id text COLLATE "C",
     run_state text COLLATE "C",
     created_ms double precision NOT NULL,
     body text NOT NULL,
     PRIMARY KEY (conversation_id, message_id),
     UNIQUE (conversation_id, ordinal)
   );
   CREATE INDEX rivulet_messages_running ON rivulet_messages (conversation_id) WHERE run_state = 'running';

   CREATE TABLE rivulet_keys (
     conversation_id text COLLATE "C" NOT NULL REFERENCES rivulet_conversations (id) ON DELETE CASCADE,
     key text COLLATE "C" NOT NULL,
     digest text COLLATE "C" NOT NULL,
     answer_id text COLLATE "C" NOT NULL,
     run_id text COLLATE "C" NOT NULL,
     created_ms double precision NOT NULL,
     PRIMARY KEY (conversation_id, key)
   );
   CREATE INDEX rivulet_keys_by_age ON rivulet_keys (created_ms);

   -- No reference to the conversation: what was counted outlives it.
   CREATE TABLE rivulet_usage (
     conversation_id text COLLATE "C" NOT NULL,
     run_id text COLLATE "C" NOT NULL,
     site_id text COLLATE "C" NOT NULL,
     owner_id text COLLATE "C" NOT NULL,
     input_tokens double precision NOT NULL,
     output_tokens double precision NOT NULL,
     at_ms double precision NOT NULL,
     PRIMARY KEY (conversation_id, run_id)
   );
   CREATE INDEX rivulet_usage_by_owner ON rivulet_usage (site_id, owner_id, at_ms);`,
  // A run that is over is 'ended' until its end is in the log, then 'finished'. The index of the running ones alone stays.
  `CREATE INDEX rivulet_messages_unsettled ON rivulet_messages (conversation_id) WHERE run_state IN ('running', 'ended');`,

  // Folded by the writer, whatever the database's language. NULL in rows of gateways of the version before.
  `ALTER TABLE rivulet_conversations ADD COLUMN search_title text COLLATE "C";
   ALTER TABLE rivulet_messages ADD COLUMN search_text text COLLATE "C";`,
];
