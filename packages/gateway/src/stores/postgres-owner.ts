/**
 * The lock by which one process is the only user of a Postgres store: an advisory lock of a transaction that stays open, on a connection
 * of its own. A pooler in transaction mode leaves a client its connection to the server for as long as a transaction lasts. The
 * transaction has no snapshot, so that it keeps neither VACUUM nor CREATE INDEX CONCURRENTLY waiting.
 */
import { hostname } from 'node:os';
import type * as pg from 'pg';
import { ChatError } from '@rivulet/protocol';
import { ownedMessage } from './store-error.ts';

/** Holds the lock from its first success until it is released. */
export interface PostgresOwner {
  /**
   * Takes the lock, unless it is held. When the connection was lost, the server has released the lock: it is taken again.
   * @throws {ChatError} `conflict`, naming the owner, when another process holds it
   */
  hold(): Promise<void>;
  /** Releases the lock. May be called twice. */
  release(): Promise<void>;
}

/** The advisory lock: two arbitrary numbers that other programs on the same database do not use. */
const LOCK = [72_384, 11_987] as const;
/** Without the time limits that the server may have for transactions; which of them there are depends on its version. */
const BEGIN = `BEGIN; SELECT set_config(name, '0', true) FROM pg_settings
  WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`;
const TAKE = `SELECT pg_try_advisory_xact_lock(${LOCK.join(', ')}) AS is_taken`;
/** `application_name` names the process: Postgres cuts it off after 63 bytes, so the host is last. */
const READ_OWNER = `SELECT application_name AS owner FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND classid = ${LOCK[0]} AND objid = ${LOCK[1]}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Does not connect yet. @param createClient creates a client with this `application_name` */
export function createPostgresOwner(createClient: (applicationName: string) => pg.Client): PostgresOwner {
  let held: Promise<pg.Client> | undefined;
  const take = async () => {
    const sinceText = new Date().toISOString().slice(0, 19);
    const client = createClient(`rivulet ${process.pid} since ${sinceText}Z on ${hostname()}`);
    const forget = () => {
      held = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
      await client.query(BEGIN);
      const { rows } = await client.query<{ is_taken: boolean }>(TAKE);
      if (rows[0]?.is_taken !== true) throw await alreadyOwned(client);
      return client;
    } catch (error) {
      forget();
      await client.end().catch(() => undefined); // the error above is the one to report
      throw error;
    }
  };
  return {
    async hold() {
      await (held ??= take());
    },
    async release() {
      const client = await held?.catch(() => undefined);
      await client?.end();
    },
  };
}

async function alreadyOwned(client: pg.Client): Promise<ChatError> {
  const { rows } = await client.query<{ owner: string }>(READ_OWNER);
  const message = ownedMessage('The Postgres database', rows[0]?.owner ?? 'it has just ended');
  return new ChatError('conflict', { message });
}
