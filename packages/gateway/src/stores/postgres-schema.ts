/** The tables of the Postgres store, as ordered migrations. */

import { FIGURES_TABLES } from './figures-statements.ts';
import { DESK_TABLES } from './postgres-desk-tables.ts';
import { SITE_EDITS_TABLE } from './postgres-site-edits-table.ts';
import { KNOWLEDGE_TABLES } from './postgres-knowledge-tables.ts';
import { FUNCTIONS } from './postgres-functions.ts';
import { WEBHOOK_OUTBOX } from './postgres-webhook-tables.ts';
import { RUN_FACTS_MIGRATIONS } from './postgres-run-facts.ts';

/** A migration: what it is for, and whether gateways that do not know it can still use the database. */
interface Described {
  /** What it adds, for the operator who reads what a migration would do. */
  about: string;
  /** Present when gateways without this migration cannot use the database any more. */
  isBreaking?: true;
}

/** Statements that are run in one transaction. */
export interface TableMigration extends Described {
  sql: string;
}

/** An index on a table that has rows already. It is built while the table is in use. */
export interface IndexMigration extends Described {
  /** The name of the index. */
  index: string;
  table: string;
  /** The columns and the condition, as in SQL. */
  on: string;
}

/** A step from one version of the tables to the next one. */
export type Migration = TableMigration | IndexMigration;

/** The versions of the tables that a gateway knows. */
export interface Schema {
  /** Migration n changes the database from version n to n + 1. */
  migrations: readonly Migration[];
  /** The oldest version that can be migrated. An empty database has none, and can always be. */
  oldestVersion: number;
}

/**
 * A released migration is never changed: add another one. Gateways of the previous version still run while it is applied, and
 * restart on its result unless it `isBreaking`, so a column is added a version before it is required, and dropped a version after
 * its last use.
 *
 * - An index on a table of an earlier migration is an `IndexMigration`: CREATE INDEX in a transaction would stop every write of
 *   a large table for minutes.
 * - Names begin with `rivulet_` because the database may be shared.
 * - Ids compare by bytes (COLLATE "C"), independently of the database's locale.
 * - Times are double precision because JavaScript numbers are doubles.
 * - Texts of visitors and models (`body`, `title_json`) are JSON stored as text: `jsonb` refuses `\u0000` and lone surrogates
 *   (half an emoji), which JSON escapes.
 * - A message id is unique within its conversation only: clients mint ids, and one visitor must not block those of another.
 *
 * These are the migrations of gateways that refused every version above their own: each of them is breaking.
 */
const FIRST_MIGRATIONS: readonly Migration[] = [
  {
    about: 'the tables of conversations, messages, keys and usage',
    sql: `CREATE TABLE rivulet_conversations (
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

   -- No reference to the conversation: usage outlives it.
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
  },
  // A run that has ended is 'ended' until its end is in the event log, then 'finished'. The index of running runs is kept.
  {
    index: 'rivulet_messages_unsettled',
    table: 'rivulet_messages',
    on: "(conversation_id) WHERE run_state IN ('running', 'ended')",
    about: 'the index of runs whose end is not settled',
  },

  // Normalised by the writer, independently of the database's locale. NULL in rows of gateways of the previous version.
  {
    about: 'columns for the search',
    sql: `ALTER TABLE rivulet_conversations ADD COLUMN search_title text COLLATE "C";
   ALTER TABLE rivulet_messages ADD COLUMN search_text text COLLATE "C";`,
  },

  // What unfinished answers have gained since their message was written; in the order of the ids.
  {
    about: 'the table of unfinished answers',
    sql: `CREATE TABLE rivulet_progress (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     conversation_id text COLLATE "C" NOT NULL REFERENCES rivulet_conversations (id) ON DELETE CASCADE,
     message_id text COLLATE "C" NOT NULL,
     events text NOT NULL
   );
   CREATE INDEX rivulet_progress_by_message ON rivulet_progress (conversation_id, message_id);`,
  },

  // The rounds of an answer as JSON, beside its body: only its upstream is given them again.
  {
    about: 'a column for the rounds of an answer',
    sql: 'ALTER TABLE rivulet_messages ADD COLUMN rounds text;',
  },

  // No reference to the conversation: what was used outlives it. The site's own rows have an empty owner.
  {
    about: 'the tables of budgets',
    sql: `CREATE TABLE rivulet_spent (
     site_id text COLLATE "C" NOT NULL,
     kind text COLLATE "C" NOT NULL,
     owner_id text COLLATE "C" NOT NULL,
     day integer NOT NULL,
     tokens double precision NOT NULL,
     cost_pico double precision NOT NULL,
     PRIMARY KEY (site_id, kind, owner_id, day)
   );
   CREATE TABLE rivulet_reservations (
     conversation_id text COLLATE "C" NOT NULL,
     run_id text COLLATE "C" NOT NULL,
     site_id text COLLATE "C" NOT NULL,
     owner_id text COLLATE "C" NOT NULL,
     day integer NOT NULL,
     tokens double precision NOT NULL,
     cost_pico double precision NOT NULL,
     note text,
     PRIMARY KEY (conversation_id, run_id)
   );`,
  },
  // Tokens that are refused before they expire.
  {
    about: 'the table of revoked tokens',
    sql: `CREATE TABLE rivulet_revocations (
     site_id text COLLATE "C" NOT NULL,
     kind text COLLATE "C" NOT NULL,
     id text COLLATE "C" NOT NULL,
     at_ms double precision NOT NULL,
     until_ms double precision NOT NULL,
     PRIMARY KEY (site_id, kind, id)
   );
   CREATE INDEX rivulet_revocations_by_time ON rivulet_revocations (at_ms);`,
  },
  // Conversations that must not be erased. The reason of a hold is JSON, like other texts.
  {
    about: 'columns for legal holds, and the tables of erased conversations and nightly jobs',
    sql: `ALTER TABLE rivulet_conversations ADD COLUMN held_ms double precision;
   ALTER TABLE rivulet_conversations ADD COLUMN hold_reason_json text;
   -- Conversations that were erased, while their files and events may be left.
   CREATE TABLE rivulet_erased (conversation_id text COLLATE "C" PRIMARY KEY);
   -- What one gateway does for all: who does it until when, and when it was done.
   CREATE TABLE rivulet_jobs (
     name text COLLATE "C" PRIMARY KEY,
     holder text COLLATE "C" NOT NULL,
     until_ms double precision NOT NULL,
     done_ms double precision
   );`,
  },
  // The old conversations of a site, and those that are held.
  {
    index: 'rivulet_conversations_by_age',
    table: 'rivulet_conversations',
    on: '(site_id, updated_ms)',
    about: 'the index of old conversations',
  },
  {
    index: 'rivulet_conversations_held',
    table: 'rivulet_conversations',
    on: '(id) WHERE held_ms IS NOT NULL',
    about: 'the index of conversations that are held',
  },
  // Sites that were switched off, or on again: `disabled` is JSON.
  {
    about: 'the table of sites that were switched off',
    sql: `CREATE TABLE rivulet_site_switches (
     site_id text COLLATE "C" PRIMARY KEY NOT NULL,
     disabled text NOT NULL,
     at_ms double precision NOT NULL
   );`,
  },
];

const LARGE_TABLES = ['conversations', 'messages', 'keys', 'usage'];
/** Blocks neither reads nor writes. */
const VACUUM_EARLY = LARGE_TABLES.map(
  (name) => `ALTER TABLE rivulet_${name} SET (autovacuum_vacuum_scale_factor = 0.02)`,
).join('; ');

/** The tables of this gateway. */
export const SCHEMA: Schema = {
  migrations: [
    ...FIRST_MIGRATIONS.map((migration) => ({ ...migration, isBreaking: true as const })),
    { about: 'the functions that write for runs', sql: Object.values(FUNCTIONS).join(';') },
    // By default a table is vacuumed when a fifth of its rows are dead: of a large one, many nights of retention.
    { about: 'earlier vacuums of the large tables', sql: VACUUM_EARLY },
    {
      about: 'the tables of the console: its sessions and its audit log',
      sql: `CREATE TABLE rivulet_console_sessions (
     digest text COLLATE "C" PRIMARY KEY,
     id text COLLATE "C" NOT NULL UNIQUE,
     user_name text COLLATE "C" NOT NULL,
     token_id text COLLATE "C" NOT NULL,
     address text COLLATE "C" NOT NULL,
     created_ms double precision NOT NULL,
     expires_ms double precision NOT NULL
   );
   CREATE TABLE rivulet_console_audit (
     at_ms double precision NOT NULL,
     id text COLLATE "C" NOT NULL,
     user_name text COLLATE "C" NOT NULL,
     action text COLLATE "C" NOT NULL,
     target text COLLATE "C" NOT NULL,
     site_id text COLLATE "C" NOT NULL,
     address text COLLATE "C" NOT NULL,
     PRIMARY KEY (at_ms, id)
   );`,
    },
    {
      index: 'rivulet_conversations_by_update',
      table: 'rivulet_conversations',
      on: '(updated_ms, id)',
      about: 'the index of the newest conversations of all sites',
    },
    {
      index: 'rivulet_messages_by_run',
      table: 'rivulet_messages',
      on: '(run_id) WHERE run_id IS NOT NULL',
      about: 'the index of the runs, which are found by the beginning of their ids',
    },
    // What the desk knows of a conversation, as JSON, and the values that its list is read by. Gateways of the version before accept runs of
    // conversations that a person answers: take no conversation over before all gateways are of this version.
    {
      about: 'columns for conversations that a person answers',
      sql: `ALTER TABLE rivulet_conversations ADD COLUMN desk_json text, ADD COLUMN desk_revision integer NOT NULL DEFAULT 0,
     ADD COLUMN desk_owner text COLLATE "C" NOT NULL DEFAULT 'ai', ADD COLUMN desk_person text COLLATE "C",
     ADD COLUMN desk_status text COLLATE "C", ADD COLUMN desk_waiting_ms double precision;
   ${FUNCTIONS.rivulet_accept_2 ?? ''}`,
    },
    {
      index: 'rivulet_conversations_desk',
      table: 'rivulet_conversations',
      on: "(site_id, desk_status, desk_waiting_ms, id) WHERE desk_owner <> 'ai'",
      about: 'the index of conversations that a person answers',
    },
    { about: 'the outbox of webhooks', sql: WEBHOOK_OUTBOX },
    {
      about: 'the tables of the figures of the overview, and of the gateways that write them',
      sql: FIGURES_TABLES,
    },
    {
      about: 'the tables of the people at the desk and of their notes',
      sql: DESK_TABLES,
    },
    // Gateways of the version before serve the configured settings.
    { about: 'the table of settings of sites that were edited', sql: SITE_EDITS_TABLE },
    { about: 'the tables of the documents of sites', sql: KNOWLEDGE_TABLES },
    ...RUN_FACTS_MIGRATIONS,
  ],
  oldestVersion: 1,
};
