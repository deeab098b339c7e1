/** How the worker of the SQLite store runs the statements of the webhook outbox. */
import type { Statements } from './sqlite-statements.ts';
import type { WebhookStatement, WebhookWrite } from './webhook-statements.ts';

/** Statements of one transaction. */
export type WebhookWrites = readonly WebhookWrite[];
/** A statement that reads, with its parameters. */
export type WebhookRead = readonly [name: WebhookStatement, values: readonly (string | number)[]];

/** @see WebhookDatabase.write */
export const writeWebhooks = (sql: Statements, writes: WebhookWrites): number[] =>
  writes.map(([name, values]) => Number(sql[name].run(...values).changes));

/** @see WebhookDatabase.read */
export const readWebhooks = (sql: Statements, [name, values]: WebhookRead): unknown[] =>
  sql[name].all(...values);
