/** Which version the tables of a database have, and what a gateway may do with them. Pure. */
import type { Migration, Schema } from './postgres-schema.ts';
import { StoreError } from './store-error.ts';

/** What a database says of its tables. */
export interface SchemaState {
  /** The version that they have; 0: there are none. */
  version: number;
  /** The oldest version whose gateways can use them; never more than `version`. */
  oldestUserVersion: number;
  /** The data folder whose import into the database is not complete. */
  importing: string | undefined;
}

/** A migration that a database lacks. */
export interface MissingMigration {
  /** The version that it leads to. */
  version: number;
  /** The oldest version whose gateways can use the database afterwards. */
  oldestUserVersion: number;
  migration: Migration;
}

/**
 * The migrations that a gateway has to apply, in order. None when the tables are its own, and none when a newer gateway has migrated
 * them in a way that this one can go on with.
 * @throws {StoreError} `newer-schema` or `older-schema` when this gateway can never use the database
 */
export function missingMigrations(state: SchemaState, schema: Schema): readonly MissingMigration[] {
  const { version, oldestUserVersion } = state;
  const { migrations, oldestVersion } = schema;
  const own = migrations.length;
  if (oldestUserVersion > own)
    throw new StoreError(
      'newer-schema',
      `A newer gateway has migrated the database to schema version ${version}, and this gateway supports up to ${own}. Update the gateway, or restore a backup that was taken before.`,
    );
  if (version > 0 && version < oldestVersion)
    throw new StoreError(
      'older-schema',
      `The database has schema version ${version}, and this gateway migrates from version ${oldestVersion} on. Run "rivulet migrate" of an earlier version of the gateway first, and then this one.`,
    );
  return migrations.slice(version).map((migration, index) => ({
    version: version + index + 1,
    oldestUserVersion: oldestUserOf(version + index + 1, schema),
    migration,
  }));
}

/** The newest breaking version up to this one. */
function oldestUserOf(version: number, { migrations }: Schema): number {
  return migrations.slice(0, version).findLastIndex(({ isBreaking }) => isBreaking === true) + 1;
}

/** The error of a gateway that may not migrate. @param own the version that it needs */
export function behindError({ version }: SchemaState, own: number): StoreError {
  const has = version === 0 ? 'The database has no tables' : `The database has schema version ${version}`;
  return new StoreError(
    'schema-behind',
    `${has}, and this gateway needs version ${own}. Run "rivulet migrate" with the settings of the gateway and start it again, or set RIVULET_POSTGRES_MIGRATE to start, so that gateways migrate.`,
  );
}

/** The error of a gateway whose database has a part of what a data folder held. */
export const importingError = (folder: string): StoreError =>
  new StoreError(
    'importing',
    `The data folder ${folder} is being imported into the database, or its import was cut off. Wait for its end, or run "rivulet import" again.`,
  );
