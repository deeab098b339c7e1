/** The table of the outbox of webhooks. A released migration is never changed. */

/** Without a reference to the conversation: some events have none. `dead_ms`: it was given up. */
export const WEBHOOK_OUTBOX = `CREATE TABLE rivulet_webhook_deliveries (
     ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     event_id text COLLATE "C" NOT NULL,
     endpoint text COLLATE "C" NOT NULL,
     order_key text COLLATE "C" NOT NULL,
     body text NOT NULL,
     queued_ms double precision NOT NULL,
     retry_ms double precision NOT NULL,
     attempts integer NOT NULL,
     refusals integer NOT NULL,
     problem text,
     dead_ms double precision,
     UNIQUE (endpoint, event_id)
   );
   CREATE INDEX rivulet_webhook_deliveries_by_key ON rivulet_webhook_deliveries (order_key, endpoint, ordinal) WHERE dead_ms IS NULL;
   CREATE INDEX rivulet_webhook_deliveries_due ON rivulet_webhook_deliveries (endpoint, retry_ms) WHERE dead_ms IS NULL;`;
