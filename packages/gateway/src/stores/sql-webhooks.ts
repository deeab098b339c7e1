/** The webhook outbox of the SQL stores, over the few things in which they differ. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import {
  TOO_MANY,
  TOO_OLD,
  type EndpointCounts,
  type NewDelivery,
  type OutboxBounds,
  type StoredDelivery,
  type WebhookOutbox,
} from './webhook-outbox.ts';
import type { WebhookStatement, WebhookWrite } from './webhook-statements.ts';

/** How a database runs the statements of the outbox. */
export interface WebhookDatabase {
  /** The rows that a statement reads. */
  read(name: WebhookStatement, values: readonly (string | number)[]): Promise<unknown[]>;
  /** Runs statements in one transaction, which is on disk when it resolves. @returns how many rows each has changed */
  write(writes: readonly WebhookWrite[]): Promise<number[]>;
}

const RowSchema = v.pipe(
  v.object({
    ordinal: v.number(),
    event_id: v.string(),
    endpoint: v.string(),
    order_key: v.string(),
    body: v.string(),
    queued_ms: v.number(),
    attempts: v.number(),
    refusals: v.number(),
    problem: v.nullable(v.string()),
    dead_ms: v.nullable(v.number()),
  }),
  v.transform(({ ordinal, event_id, endpoint, order_key, queued_ms, dead_ms, ...same }): StoredDelivery => ({
    ...same,
    id: ordinal,
    eventId: event_id,
    endpoint,
    orderKey: order_key,
    queuedAtMs: queued_ms,
    deadAtMs: dead_ms,
  })),
);
const EndpointSchema = v.pipe(
  v.object({
    endpoint: v.string(),
    waiting: v.number(),
    dead: v.number(),
    oldest_ms: v.nullable(v.number()),
    problem: v.nullable(v.string()),
  }),
  v.transform(({ oldest_ms: oldestAtMs, ...same }): EndpointCounts => ({ ...same, oldestAtMs })),
);
const CountSchema = v.object({ kept: v.number(), dead: v.number() });

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Creates the outbox of a database. */
export function createSqlWebhooks(database: WebhookDatabase): WebhookOutbox {
  const write = (writes: readonly WebhookWrite[]) => database.write(writes);
  const deliveries = async (...statement: Parameters<WebhookDatabase['read']>) =>
    v.parse(v.array(RowSchema), await database.read(...statement));
  const run = (...writes: WebhookWrite[]) =>
    settleAsync(async () => {
      await write(writes);
    });
  return {
    add: (added) => run(...added.map(toWrite)),
    listDue: (endpoint, nowMs, limit) =>
      settleAsync(() => deliveries('listDueDeliveries', [endpoint, nowMs, limit])),
    change: ({ id, retryAtMs, attempts, refusals, problem, deadAtMs }) =>
      run(['changeDelivery', [retryAtMs, attempts, refusals, problem, deadAtMs, id]]),
    remove: (id) => run(['removeDelivery', [id]]),
    wake: (endpoint, nowMs) => run(['wakeDeliveries', [nowMs, endpoint, nowMs]]),
    listDead: (limit, after = 0) => settleAsync(() => deliveries('listDeadDeliveries', [after, limit])),
    redeliver: (nowMs, eventIds) =>
      settleAsync(async () => {
        const each = eventIds?.map((id): WebhookWrite => ['redeliverOne', [nowMs, nowMs, id]]);
        return sum(await write(each ?? [['redeliverAll', [nowMs, nowMs]]]));
      }),
    trim: (bounds) =>
      settleAsync(async () => {
        const [old = 0, excess = 0] = await write(trimming(bounds));
        return old + excess;
      }),
    forget: (orderKeys) => run(...orderKeys.map((key): WebhookWrite => ['forgetDeliveriesOf', [key]])),
    count: () =>
      settleAsync(async () => {
        const { kept, dead } = v.parse(CountSchema, (await database.read('countDeliveries', []))[0]);
        return { waiting: kept - dead, dead };
      }),
    listEndpoints: () =>
      settleAsync(async () => v.parse(v.array(EndpointSchema), await database.read('listEndpoints', []))),
  };
}

const toWrite = ({ eventId, endpoint, orderKey, body, atMs }: NewDelivery): WebhookWrite => [
  'addDelivery',
  [eventId, endpoint, orderKey, body, atMs, atMs],
];

const trimming = ({
  nowMs,
  queuedBeforeMs,
  maxWaiting,
  deadBeforeMs,
  maxDead,
}: OutboxBounds): WebhookWrite[] => [
  ['buryOldDeliveries', [nowMs, TOO_OLD, queuedBeforeMs]],
  ['buryExcessDeliveries', [nowMs, TOO_MANY, maxWaiting]],
  ['forgetOldDeliveries', [deadBeforeMs]],
  ['forgetExcessDeliveries', [maxDead]],
];
