/** Migrates a Postgres database without opening a store on it: what `rivulet migrate` does. */
import type * as pg from 'pg';
import { requireOptional, type Logger } from '../base/index.ts';
import { explainPostgres } from './postgres-explain.ts';
import { inspect, migrate, type MigrateOptions } from './postgres-migrations.ts';
import { SCHEMA, type Schema } from './postgres-schema.ts';
import { readTarget } from './postgres-target.ts';
import { missingMigrations, type MissingMigration, type SchemaState } from './postgres-versions.ts';

/** Options of `inspectPostgres` and `migratePostgres`. */
export interface UpgradeOptions {
  /** As for the store. */
  connectionString: string;
  /** Ends the work: the server rolls back what is not complete. Both functions then reject with its reason. */
  signal: AbortSignal;
  /** Gets a line for each migration, and when one waits. */
  logger: Logger;
  /** How long a migration waits for the lock of a table before it tries again. Default: 3,000. */
  lockTimeoutMs?: number;
  /** The tables that are wanted. Default: those of this gateway. */
  schema?: Schema;
}

/** What a database has, and what it lacks. */
export interface DatabaseReport {
  state: SchemaState;
  /** In the order in which they would be applied. */
  missing: readonly MissingMigration[];
}

const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;

/** Says what `migratePostgres` would do. @throws {StoreError} as `migratePostgres` */
export function inspectPostgres(options: UpgradeOptions): Promise<DatabaseReport> {
  return upgrade(options, inspect);
}

/**
 * Brings the tables to the version of this gateway, under a lock for which there is no time-out.
 * @returns what the database has afterwards: nothing is missing
 * @throws {StoreError} `newer-schema`, `older-schema`, `migration-blocked`, `invalid-url`, or `unavailable`, with what to do
 * @throws {MissingPackageError} when the package `pg` is not installed
 */
export function migratePostgres(options: UpgradeOptions): Promise<DatabaseReport> {
  return upgrade(options, migrate);
}

async function upgrade(
  options: UpgradeOptions,
  work: (options: MigrateOptions) => Promise<SchemaState>,
): Promise<DatabaseReport> {
  const { connectionString, signal, logger, lockTimeoutMs = LOCK_TIMEOUT_MS, schema = SCHEMA } = options;
  const target = readTarget(connectionString);
  const { Client } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const createClient = () =>
    new Client({
      connectionString: target.connectionString,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'rivulet migrate',
    });
  try {
    const state = await work({ createClient, lockTimeoutMs, signal, logger, schema });
    return { state, missing: missingMigrations(state, schema) };
  } catch (error) {
    throw explainPostgres(error, target);
  }
}
