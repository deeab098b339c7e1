/** The part of a store that keeps the webhook deliveries that are not made yet, and those that were given up. */

/** An event for one endpoint. */
export interface NewDelivery {
  /** The id by which the receiver recognises a repetition. An endpoint has each id once. */
  eventId: string;
  /** A name of the endpoint that does not show its URL. */
  endpoint: string;
  /** Deliveries of one endpoint and one key are made one after the other: the id of the conversation, or a name of the site. */
  orderKey: string;
  /** What is sent, as it is signed: JSON. */
  body: string;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** A delivery that waits, or was given up. */
export interface StoredDelivery extends Omit<NewDelivery, 'atMs'> {
  /** Its place in the outbox. */
  id: number;
  /** When it was added, or was put back last, in milliseconds since 1970. */
  queuedAtMs: number;
  /** How often it was sent. */
  attempts: number;
  /** How often the endpoint answered it with an error of its own. The others found the endpoint away. */
  refusals: number;
  /** Why the last attempt failed, for the operator. */
  problem: string | null;
  /** When it was given up; null: it waits. */
  deadAtMs: number | null;
}

/** What an attempt changes. */
export type DeliveryChange = Pick<StoredDelivery, 'id' | 'attempts' | 'refusals' | 'problem' | 'deadAtMs'> & {
  /** When it is due again, in milliseconds since 1970. */
  retryAtMs: number;
};

/** What is kept at most. */
export interface OutboxBounds {
  nowMs: number;
  /** Deliveries that were queued before this time are given up. */
  queuedBeforeMs: number;
  /** With more that wait, the oldest ones are given up. */
  maxWaiting: number;
  /** Those that were given up before this time are deleted. */
  deadBeforeMs: number;
  /** With more that were given up, the oldest ones are deleted. */
  maxDead: number;
}

/** How many deliveries there are. */
export interface OutboxCounts {
  waiting: number;
  dead: number;
}

/** The outbox of webhooks, which all gateways of the store share. A crash of the server or the machine may lose changes, but no delivery. */
export interface WebhookOutbox {
  /** Adds deliveries, in one transaction that is on disk when it resolves. One whose endpoint has its id already is left as it is. */
  add(deliveries: readonly NewDelivery[]): Promise<void>;
  /** The first waiting delivery of each key, as far as it is due, the oldest first. */
  listDue(endpoint: string, nowMs: number, limit: number): Promise<StoredDelivery[]>;
  /** Records a failed attempt. */
  change(change: DeliveryChange): Promise<void>;
  /** Deletes a delivery that was made. */
  remove(id: number): Promise<void>;
  /** Makes the waiting deliveries of an endpoint due that it has refused never. */
  wake(endpoint: string, nowMs: number): Promise<void>;
  /** At most `limit` deliveries that were given up, with an id above `after`, the oldest first. */
  listDead(limit: number, after?: number): Promise<StoredDelivery[]>;
  /** Puts deliveries back that were given up, as new ones. @param eventIds default: all @returns how many */
  redeliver(nowMs: number, eventIds?: readonly string[]): Promise<number>;
  /** Gives up and deletes what is beyond the bounds. @returns how many were given up */
  trim(bounds: OutboxBounds): Promise<number>;
  /** Deletes all deliveries of these keys, also those that were given up. */
  forget(orderKeys: readonly string[]): Promise<void>;
  count(): Promise<OutboxCounts>;
  /** The endpoints of which the outbox has deliveries. */
  listEndpoints(): Promise<EndpointCounts[]>;
}

/** What the outbox has of one endpoint. */
export interface EndpointCounts extends OutboxCounts {
  endpoint: string;
  /** Since when the oldest waits, in milliseconds since 1970; null: nothing waits. */
  oldestAtMs: number | null;
  /** Why the last attempt of one that waits has failed; null: none has. */
  problem: string | null;
}

/** What the operator reads of deliveries that `trim` has given up. */
export const TOO_OLD = 'It was not delivered in time.';
/** @see TOO_OLD */
export const TOO_MANY = 'Too many deliveries were waiting.';
