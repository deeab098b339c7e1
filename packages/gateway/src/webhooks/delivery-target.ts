/** Where the outbox delivers to: an endpoint of webhooks, or what a room behind this one sends in another way. */
import type { NewDelivery, StoredDelivery } from '../stores/webhook-outbox.ts';
import type { ToldEvent } from './events.ts';

/**
 * How an attempt ended. `away`: the target, or what is in front of it, cannot take deliveries at present. `refused`: it has answered
 * these with an error; with `isFinal` it would do so again, so that they are given up.
 */
export type SendOutcome =
  { kind: 'delivered' } | { kind: 'away' | 'refused'; problem: string; isFinal?: boolean };

/** What operators read of a target. */
export interface ShownTarget {
  /** Where it is, without secrets. */
  origin: string;
  /** Absent: all. */
  events?: readonly string[];
  sites?: readonly string[];
}

/** A target. It keeps no state of its deliveries: the store has them. */
export interface DeliveryTarget {
  /** What names it in the store, in metrics and in logs. Deliveries of one name are made by one gateway at a time. */
  readonly name: string;
  readonly shown: ShownTarget;
  /** How many deliveries of different keys are taken from the outbox at once. */
  readonly atOnce: number;
  /** What is kept of an event for this target, and for others of its room: nothing when nobody wants it. Never rejects. */
  keep(told: ToldEvent, nowMs: number): readonly NewDelivery[] | Promise<readonly NewDelivery[]>;
  /** Which deliveries are sent together, and which now: the others are listed again. Default: each by itself. */
  together?(due: readonly StoredDelivery[]): StoredDelivery[][];
  /** Sends deliveries in one piece, within 30 s. Never rejects. */
  send(deliveries: readonly StoredDelivery[], signal: AbortSignal): Promise<SendOutcome>;
}
