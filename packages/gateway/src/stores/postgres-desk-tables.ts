/** The tables of the people at the desk and of their notes. A released migration is never changed. */

/** As one statement after the other. The text of a note is JSON, like other texts. */
export const DESK_TABLES = `CREATE TABLE rivulet_desk_members (
     id text COLLATE "C" PRIMARY KEY,
     person_json text NOT NULL,
     choice text COLLATE "C" NOT NULL,
     seen_ms double precision NOT NULL,
     active_ms double precision NOT NULL,
     assigned_ms double precision NOT NULL
   );
   CREATE TABLE rivulet_desk_notes (
     conversation_id text COLLATE "C" NOT NULL REFERENCES rivulet_conversations (id) ON DELETE CASCADE,
     id text COLLATE "C" NOT NULL,
     at_ms double precision NOT NULL,
     user_name text COLLATE "C" NOT NULL,
     text_json text NOT NULL,
     PRIMARY KEY (conversation_id, at_ms, id)
   );`;
