/** The table of settings of sites that were edited. A released migration is never changed. */

/** By the path of each setting, as JSON. */
export const SITE_EDITS_TABLE = `CREATE TABLE rivulet_site_edits (
     site_id text COLLATE "C" PRIMARY KEY NOT NULL,
     revision integer NOT NULL,
     settings_json text NOT NULL,
     user_name text COLLATE "C" NOT NULL,
     at_ms double precision NOT NULL
   );`;
