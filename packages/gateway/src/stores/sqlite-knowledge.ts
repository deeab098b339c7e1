/** The documents of sites in the SQLite store: how they are searched, and how the worker runs the statements. */
import type { KnowledgeStatement, KnowledgeWrite } from './knowledge-statements.ts';
import type { Statements } from './sqlite-statements.ts';

/** Statements of one transaction. */
export type KnowledgeWrites = readonly KnowledgeWrite[];
/** A statement that reads, with its parameters. */
export type KnowledgeRead = readonly [name: KnowledgeStatement, values: readonly (string | number)[]];

/** The question of FTS5 that any of the terms answers. A term has letters, digits and marks only. */
export const matchOf = (terms: readonly string[]): string => terms.map((term) => `"${term}"`).join(' OR ');

/** @see KnowledgeDatabase.write */
export const writeKnowledge = (sql: Statements, writes: KnowledgeWrites): number[] =>
  writes.map(([name, values]) => Number(sql[name].run(...values).changes));

/** @see KnowledgeDatabase.read */
export const readKnowledge = (sql: Statements, [name, values]: KnowledgeRead): unknown[] =>
  sql[name].all(...values);
