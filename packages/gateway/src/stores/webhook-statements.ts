/** The statements of the webhook outbox, for both databases: SQLite as they are, Postgres with its names and numbered parameters. */

const FIELDS = `CAST(d.ordinal AS double precision) AS ordinal, d.event_id, d.endpoint, d.order_key, d.body, d.queued_ms, d.attempts,
    d.refusals, d.problem, d.dead_ms`;

/** The statements by name. */
export const WEBHOOK_SQL = {
  addDelivery: `INSERT INTO webhook_deliveries (event_id, endpoint, order_key, body, queued_ms, retry_ms, attempts, refusals)
    VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (endpoint, event_id) DO NOTHING`,
  listDueDeliveries: `SELECT ${FIELDS} FROM webhook_deliveries d
    WHERE d.endpoint = ? AND d.dead_ms IS NULL AND d.retry_ms <= ? AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e
      WHERE e.endpoint = d.endpoint AND e.order_key = d.order_key AND e.dead_ms IS NULL AND e.ordinal < d.ordinal)
    ORDER BY d.ordinal LIMIT ?`,
  changeDelivery: `UPDATE webhook_deliveries SET retry_ms = ?, attempts = ?, refusals = ?, problem = ?, dead_ms = ?
    WHERE ordinal = ?`,
  removeDelivery: 'DELETE FROM webhook_deliveries WHERE ordinal = ?',
  wakeDeliveries: `UPDATE webhook_deliveries SET retry_ms = ?
    WHERE endpoint = ? AND dead_ms IS NULL AND refusals = 0 AND retry_ms > ?`,
  listDeadDeliveries: `SELECT ${FIELDS} FROM webhook_deliveries d WHERE d.dead_ms IS NOT NULL AND d.ordinal > ?
    ORDER BY d.ordinal LIMIT ?`,
  redeliverAll: `UPDATE webhook_deliveries
    SET dead_ms = NULL, problem = NULL, attempts = 0, refusals = 0, queued_ms = ?, retry_ms = ? WHERE dead_ms IS NOT NULL`,
  redeliverOne: `UPDATE webhook_deliveries
    SET dead_ms = NULL, problem = NULL, attempts = 0, refusals = 0, queued_ms = ?, retry_ms = ?
    WHERE dead_ms IS NOT NULL AND event_id = ?`,
  buryOldDeliveries:
    'UPDATE webhook_deliveries SET dead_ms = ?, problem = ? WHERE dead_ms IS NULL AND queued_ms < ?',
  buryExcessDeliveries: `UPDATE webhook_deliveries SET dead_ms = ?, problem = ? WHERE dead_ms IS NULL AND ordinal <=
    (SELECT ordinal FROM webhook_deliveries WHERE dead_ms IS NULL ORDER BY ordinal DESC LIMIT 1 OFFSET ?)`,
  forgetOldDeliveries: 'DELETE FROM webhook_deliveries WHERE dead_ms < ?',
  forgetExcessDeliveries: `DELETE FROM webhook_deliveries WHERE dead_ms IS NOT NULL AND ordinal <=
    (SELECT ordinal FROM webhook_deliveries WHERE dead_ms IS NOT NULL ORDER BY ordinal DESC LIMIT 1 OFFSET ?)`,
  forgetDeliveriesOf: 'DELETE FROM webhook_deliveries WHERE order_key = ?',
  listEndpoints: `SELECT d.endpoint, CAST(count(*) - count(d.dead_ms) AS double precision) AS waiting,
      CAST(count(d.dead_ms) AS double precision) AS dead, min(CASE WHEN d.dead_ms IS NULL THEN d.queued_ms END) AS oldest_ms,
      max(CASE WHEN d.dead_ms IS NULL THEN d.problem END) AS problem
    FROM webhook_deliveries d GROUP BY d.endpoint ORDER BY d.endpoint`,
  countDeliveries: `SELECT CAST(count(*) AS double precision) AS kept, CAST(count(dead_ms) AS double precision) AS dead
    FROM webhook_deliveries`,
} as const;

/** The name of a statement of the outbox. */
export type WebhookStatement = keyof typeof WEBHOOK_SQL;

/** A statement that writes, with its parameters. */
export type WebhookWrite = readonly [name: WebhookStatement, values: readonly (string | number | null)[]];

/** The statements for Postgres. */
export const POSTGRES_WEBHOOK_SQL = Object.fromEntries(
  Object.entries(WEBHOOK_SQL).map(([name, sql]) => {
    let parameter = 0;
    const numbered = sql.replaceAll('?', () => `$${(parameter += 1)}`);
    return [name, numbered.replaceAll('webhook_deliveries', 'rivulet_webhook_deliveries')];
  }),
) as Record<WebhookStatement, string>; // the names are those of WEBHOOK_SQL, which fromEntries forgets
