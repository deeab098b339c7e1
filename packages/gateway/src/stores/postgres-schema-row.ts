/**
 * The row in which a database says which version its tables have.
 *
 * Gateways up to schema version 11 read the column `version` only and refuse what is above their own, so it holds the oldest version
 * whose gateways can use the tables. The version of the tables is in `applied`; it is NULL where such a gateway has migrated.
 */
import type * as pg from 'pg';
import * as v from 'valibot';
import { markConnectionErrors } from './postgres-errors.ts';
import type { SchemaState } from './postgres-versions.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const RowSchema = v.object({
  version: count,
  applied: v.nullish(count),
  importing: v.nullish(v.string()),
});

/** Runs one statement, or several in one round trip. */
export const run = <Row extends object>(client: pg.Client, sql: string): Promise<pg.QueryResult<Row>> =>
  markConnectionErrors(client.query<Row>(sql));

/** What the database says of its tables. */
export async function readSchemaState(client: pg.Client): Promise<SchemaState> {
  const found = await run<{ has_table: boolean }>(
    client,
    "SELECT to_regclass('rivulet_schema') IS NOT NULL AS has_table",
  );
  const nothing: SchemaState = { version: 0, oldestUserVersion: 0, importing: undefined };
  if (found.rows[0]?.has_table !== true) return nothing;
  // As JSON, because a gateway of an earlier version has created the table with fewer columns.
  const { rows } = await run<{ row: unknown }>(client, 'SELECT row_to_json(s) AS row FROM rivulet_schema s');
  if (rows[0] === undefined) return nothing;
  const { version, applied, importing } = v.parse(RowSchema, rows[0].row);
  return {
    version: applied ?? version,
    oldestUserVersion: version,
    importing: importing ?? undefined,
  };
}

/** Makes sure of the table, its columns and its row. */
export const PREPARE_ROW = `CREATE TABLE IF NOT EXISTS rivulet_schema (version integer NOT NULL);
  ALTER TABLE rivulet_schema ADD COLUMN IF NOT EXISTS applied integer, ADD COLUMN IF NOT EXISTS importing text;
  INSERT INTO rivulet_schema (version) SELECT 0 WHERE NOT EXISTS (SELECT FROM rivulet_schema)`;

/** The statement that records a version. */
export const setVersion = ({
  version,
  oldestUserVersion,
}: Pick<SchemaState, 'version' | 'oldestUserVersion'>): string =>
  `UPDATE rivulet_schema SET version = ${oldestUserVersion}, applied = ${version}`;
