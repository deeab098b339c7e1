/** The webhook outbox of the Postgres store. */
import type { PostgresDatabase } from './postgres-database.ts';
import { createSqlWebhooks } from './sql-webhooks.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** Creates the outbox of a database. */
export function createPostgresWebhooks(database: PostgresDatabase): WebhookOutbox {
  return createSqlWebhooks({
    read: async (name, values) => [...(await database.query(name, values)).rows],
    write: (writes) =>
      database.transaction('on-disk', async (query) => {
        const counts: number[] = [];
        for (const [name, values] of writes) counts.push((await query(name, values)).count);
        return { end: 'commit', result: counts };
      }),
  });
}
