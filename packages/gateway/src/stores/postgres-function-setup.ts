/** Creates the functions of the database that are missing. */
import * as v from 'valibot';
import { FUNCTIONS } from './postgres-functions.ts';
import type { Connection } from './postgres-pool.ts';

const NAMES = Object.keys(FUNCTIONS);
/** An arbitrary number that other programs on the same database do not use. */
const LOCK = '7238411986532';
const MissingRowSchema = v.object({ is_missing: v.boolean() });

/**
 * Migrations create the functions with the tables. They are missing where the tables were restored from a dump, which does not contain
 * them. Under a lock, because two gateways that create one at once would fail.
 */
export async function ensureFunctions({ run }: Connection): Promise<void> {
  const missing = NAMES.map((name) => `to_regproc('${name}') IS NULL`).join(' OR ');
  const { rows } = await run(`SELECT ${missing} AS is_missing`);
  if (!v.parse(MissingRowSchema, rows[0]).is_missing) return;
  // Statements that are sent together are one transaction.
  await run([`SELECT pg_advisory_xact_lock(${LOCK})`, ...Object.values(FUNCTIONS)].join(';'));
}
