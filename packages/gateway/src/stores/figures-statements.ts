/** The statements of the figures, for each SQL store. Without imports, because the worker of the SQLite store loads it. */

/** For SQLite. */
export const FIGURES_SQLITE = {
  // `WHERE true`: without it the parser takes ON for that of a join.
  writeFigures: `INSERT INTO figures (width_ms, start_ms, site_id, name, writer, value)
    SELECT 60000, json_extract(value, '$[1]'), json_extract(value, '$[0]'), json_extract(value, '$[2]'), ?, json_extract(value, '$[3]')
    FROM json_each(?) WHERE true
    ON CONFLICT (width_ms, start_ms, site_id, name, writer) DO UPDATE SET value = excluded.value`,
  // The first column of the key is named, so that each width is a range of the key.
  readFigures: `WITH asked AS (SELECT CAST(? AS INTEGER) AS bucket_ms)
    SELECT start_ms - start_ms % bucket_ms AS start_ms, name, total(value) AS value FROM asked, figures
    WHERE width_ms IN (60000, 3600000, 86400000) AND start_ms >= ? AND (? = 1 OR site_id IN (SELECT value FROM json_each(?)))
    GROUP BY 1, 2 ORDER BY 1, 2`,
  addRolledFigures: `WITH asked AS (SELECT CAST(? AS INTEGER) AS to_ms)
    INSERT INTO figures (width_ms, start_ms, site_id, name, writer, value)
    SELECT to_ms, start_ms - start_ms % to_ms, site_id, name, '', total(value) FROM asked, figures
    WHERE width_ms = ? AND start_ms < ? GROUP BY 2, 3, 4
    ON CONFLICT (width_ms, start_ms, site_id, name, writer) DO UPDATE SET value = value + excluded.value`,
  removeRolledFigures: 'DELETE FROM figures WHERE width_ms = ? AND start_ms < ?',
  forgetFigures: 'DELETE FROM figures WHERE width_ms = 86400000 AND start_ms < ?',
  keepNode: `INSERT INTO gateway_nodes (id, seen_ms, body) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, body = excluded.body`,
  listNodes: 'SELECT id, seen_ms, body FROM gateway_nodes WHERE seen_ms >= ? ORDER BY id',
  forgetNodes: 'DELETE FROM gateway_nodes WHERE seen_ms < ?',
} as const;

/** For Postgres. */
export const FIGURES_POSTGRES = {
  writeFigures: `INSERT INTO rivulet_figures (width_ms, start_ms, site_id, name, writer, value)
    SELECT 60000, f.start_ms, f.site_id, f.name, $1, f.value
    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::float8[]) AS f (site_id, start_ms, name, value)
    ON CONFLICT (width_ms, start_ms, site_id, name, writer) DO UPDATE SET value = excluded.value`,
  readFigures: `SELECT (start_ms - start_ms % $1::bigint)::float8 AS start_ms, name, sum(value) AS value FROM rivulet_figures
    WHERE width_ms IN (60000, 3600000, 86400000) AND start_ms >= $2::bigint AND ($3::boolean OR site_id = ANY ($4::text[]))
    GROUP BY 1, 2 ORDER BY 1, 2`,
  // Two gateways at once: the second one waits for the deletions of the first one, and then finds nothing.
  rollFigures: `WITH gone AS (DELETE FROM rivulet_figures WHERE width_ms = $1::bigint AND start_ms < $3::bigint
      RETURNING start_ms - start_ms % $2::bigint AS start_ms, site_id, name, value)
    INSERT INTO rivulet_figures AS f (width_ms, start_ms, site_id, name, writer, value)
    SELECT $2::bigint, start_ms, site_id, name, '', sum(value) FROM gone GROUP BY start_ms, site_id, name
    ON CONFLICT (width_ms, start_ms, site_id, name, writer) DO UPDATE SET value = f.value + excluded.value`,
  forgetFigures: 'DELETE FROM rivulet_figures WHERE width_ms = 86400000 AND start_ms < $1::bigint',
  keepNode: `INSERT INTO rivulet_gateway_nodes (id, seen_ms, body) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, body = excluded.body`,
  listNodes: 'SELECT id, seen_ms, body FROM rivulet_gateway_nodes WHERE seen_ms >= $1 ORDER BY id',
  forgetNodes: 'DELETE FROM rivulet_gateway_nodes WHERE seen_ms < $1',
} as const;

/** The tables in Postgres. */
export const FIGURES_TABLES = `CREATE TABLE rivulet_figures (
     width_ms bigint NOT NULL,
     start_ms bigint NOT NULL,
     site_id text COLLATE "C" NOT NULL,
     name text COLLATE "C" NOT NULL,
     writer text COLLATE "C" NOT NULL,
     value double precision NOT NULL,
     PRIMARY KEY (width_ms, start_ms, site_id, name, writer)
   );
   CREATE TABLE rivulet_gateway_nodes (
     id text COLLATE "C" PRIMARY KEY,
     seen_ms double precision NOT NULL,
     body text NOT NULL
   );`;

/** The name of a statement of the figures in SQLite. */
export type FiguresStatement = keyof typeof FIGURES_SQLITE;
/** The values of its parameters, in order. */
export type FiguresValues = readonly (string | number)[];
