/** Which databases a gateway uses, migrates or refuses, by their versions. */
import { describe, expect, it } from 'vitest';
import { SCHEMA, type Migration, type Schema } from './postgres-schema.ts';
import { missingMigrations, type SchemaState } from './postgres-versions.ts';

const breaking: Migration = { about: 'b', sql: '', isBreaking: true };
const compatible: Migration = { about: 'c', sql: '' };
/** Versions 1 to 3 are breaking, 4 and 5 are not. The oldest that can be migrated is 2. */
const schema: Schema = {
  migrations: [breaking, breaking, breaking, compatible, compatible],
  oldestVersion: 2,
};
const state = (version: number, oldestUserVersion = version): SchemaState => ({
  version,
  oldestUserVersion,
  importing: undefined,
});
const stepsOf = (found: SchemaState, of = schema) =>
  missingMigrations(found, of).map(({ version, oldestUserVersion }) => [version, oldestUserVersion]);

describe('a gateway of schema version 5', () => {
  it('creates all tables of an empty database, and records who can use each version', () => {
    expect(stepsOf(state(0))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 3],
      [5, 3],
    ]);
  });

  it.each([
    ['one of its own version', state(5, 3), []],
    ['one that is behind', state(3), [[4, 3], [5, 3]]], // prettier-ignore
    ['a newer one that it can go on with', state(9, 5), []],
  ])('uses %s', (_which, found, steps) => {
    expect(stepsOf(found)).toEqual(steps);
  });

  it.each([
    ['newer-schema', state(6), /schema version 6, and this gateway supports up to 5. Update the gateway/],
    ['newer-schema', state(9, 6), /Update the gateway, or restore a backup/],
    ['older-schema', state(1), /version 1, and this gateway migrates from version 2 on. Run "rivulet migrate" of an/], // prettier-ignore
  ])('refuses one with %s, and says what to do', (code, found, message) => {
    const attempt = () => missingMigrations(found, schema);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code }) as Error);
  });
});

it('gateways that refused every newer version find none that is newer without being breaking', () => {
  const first = missingMigrations(state(0), SCHEMA).slice(0, 11);
  expect(first.map(({ oldestUserVersion }) => oldestUserVersion)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
});

it('no migration builds an index of a table that may have rows within a transaction', () => {
  const created = new Set<string>();
  for (const migration of SCHEMA.migrations) {
    if ('index' in migration) continue;
    created.clear();
    for (const [, table = ''] of migration.sql.matchAll(/CREATE TABLE (\w+)/g)) created.add(table);
    for (const [, table = ''] of migration.sql.matchAll(/CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)/g))
      expect(created).toContain(table);
    expect(migration.sql).not.toMatch(/ADD CONSTRAINT|ADD (PRIMARY|UNIQUE|FOREIGN)|SET NOT NULL/);
  }
});
