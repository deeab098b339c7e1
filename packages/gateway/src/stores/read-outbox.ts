/** Reads how the webhook outbox of a store is, beside a gateway that uses it, and changes nothing. */
import { existsSync } from 'node:fs';
import type * as pg from 'pg';
import { requireOptional } from '../base/index.ts';
import { POSTGRES_WEBHOOK_SQL, WEBHOOK_SQL } from './webhook-statements.ts';
import { createSqlWebhooks } from './sql-webhooks.ts';
import { openForReading } from './sqlite-copy.ts';
import type { EndpointCounts } from './webhook-outbox.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A database without the table has no deliveries: its tables are made at the first start. */
const NO_TABLE = '42P01';

/** What the outbox of a SQLite store has; empty when there is no such file. @throws {Error} when it cannot be read */
export async function readSqliteOutbox(file: string): Promise<EndpointCounts[]> {
  if (!existsSync(file)) return [];
  const database = openForReading(file);
  try {
    const read = () => Promise.resolve(database.prepare(WEBHOOK_SQL.listEndpoints).all());
    return await listOf(read);
  } finally {
    database.close();
  }
}

/** What the outbox of a Postgres store has. @throws {Error} of the driver */
export async function readPostgresOutbox(connectionString: string): Promise<EndpointCounts[]> {
  const { Client } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined); // the query in flight rejects
  try {
    await client.connect();
    return await listOf(() => rowsOf(client));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function rowsOf(client: pg.Client): Promise<object[]> {
  try {
    return (await client.query<object>(POSTGRES_WEBHOOK_SQL.listEndpoints)).rows;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === NO_TABLE) return [];
    throw error;
  }
}

const listOf = (read: () => Promise<unknown[]>): Promise<EndpointCounts[]> =>
  createSqlWebhooks({ read, write: () => Promise.reject(new Error('read only')) }).listEndpoints();
