/** What a commit costs on a Postgres server: one prepared INSERT by the bare driver, to which benchmarks compare the store. */
import { Pool } from 'pg';

/** The yardstick on one server. */
export interface PostgresYardstick {
  /** Writes one row of 500 characters and waits for its commit. */
  insert(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Creates its table. It has as many connections as the store has by default. */
export async function createPostgresYardstick(connectionString: string): Promise<PostgresYardstick> {
  const pool = new Pool({ connectionString, max: 10 });
  await pool.query('CREATE TABLE yardstick (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)');
  const text = 'INSERT INTO yardstick (body) VALUES ($1)';
  const statement = { name: 'yardstick', text, values: ['x'.repeat(500)] };
  return {
    async insert() {
      await pool.query(statement);
    },
    close: () => pool.end(),
  };
}
