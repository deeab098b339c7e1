/**
 * Audits what a gateway delivers to one tab: it reads every event between the transport and the client. The client itself would
 * skip what comes twice, and resume after a gap, so that nobody would see a gateway that delivers wrongly. @see PROTOCOL.md §6
 */
import {
  isDelta,
  isLogged,
  type ChatEvent,
  type Command,
  type EventOf,
  type LoggedEvent,
  type Position,
  type RunId,
} from '@rivulet/protocol';
import type { ClientChannel, Transport } from '../../packages/widget/src/client/transports/transport.ts';
import { nothingWrong, type WrongDeliveries } from './wrong-deliveries.ts';

/** What follows from one subscription: the position that the tab has reached, and the last event that came. */
interface Subscription {
  /** Undefined between the start of a snapshot and its last page. */
  reached: Position | undefined;
  /** Undefined before the first event. An event at or before the position of a snapshot may follow it, once. */
  lastSeq: number | undefined;
  /** The cursor of a subscription that was asked for and has not begun. */
  asked: { cursor: Position | undefined } | undefined;
}

/** Audits the connections of one tab, one after the other. The tab follows one conversation. */
export class DeliveryAudit {
  /**
   * What was wrong so far: an event that is missing before another one or before `synced`, and one that came twice, or after a
   * later one, within one subscription.
   */
  readonly wrong = nothingWrong();
  /** What led to the first of them, for the message of a failed test. */
  firstWrong: string | undefined;
  /** The newest events, each as a few words. */
  readonly #recent: string[] = [];
  /** The ends of each run, by epoch, sequence number and reason: the same one may be delivered to every subscription. */
  readonly #ends = new Map<RunId, Set<string>>();
  /** When another attempt of a run was first seen, in milliseconds since 1970. */
  readonly restartedAtMs = new Map<RunId, number>();

  /** The runs that ended at two positions of one epoch, or in two ways. */
  get endedTwice(): RunId[] {
    return [...this.#ends].filter(([, ends]) => areTwo([...ends])).map(([runId]) => runId);
  }

  /** The ends of a run that came, each as its epoch, sequence number and reason. */
  endsOf(runId: RunId): string[] {
    return [...(this.#ends.get(runId) ?? [])];
  }

  /** Returns the transport with this audit in the way of its events. */
  over(transport: Transport): Transport {
    return { name: transport.name, open: (observer) => this.#auditChannel(transport.open(observer)) };
  }

  #auditChannel(channel: ClientChannel): ClientChannel {
    const subscription: Subscription = { reached: undefined, lastSeq: undefined, asked: undefined };
    const audit = (event: ChatEvent) => {
      this.#audit(subscription, event);
    };
    return {
      send(item) {
        for (const command of Array.isArray(item) ? (item as readonly Command[]) : [item as Command]) {
          if (command.type === 'hello') subscription.asked = { cursor: command.subscriptions[0]?.cursor };
          if (command.type === 'subscribe') subscription.asked = { cursor: command.cursor };
        }
        return channel.send(item);
      },
      async *receive() {
        for await (const event of channel.receive()) {
          audit(event);
          yield event;
        }
      },
      close: (close) => {
        channel.close(close);
      },
      closed: channel.closed,
    };
  }

  #audit(subscription: Subscription, event: ChatEvent): void {
    this.#recent.push(describe(event));
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
    if (isLogged(event)) this.#auditLogged(subscription, event);
    else if (event.type === 'subscribed') begin(subscription, event);
    else if (event.type === 'reset') Object.assign(subscription, { reached: undefined, lastSeq: undefined });
    else if (event.type === 'snapshot' && event.isLast) subscription.reached = positionOf(event);
    else if (event.type === 'synced' && (subscription.reached?.seq ?? 0) < event.seq) this.#count('gaps');
  }

  #auditLogged(subscription: Subscription, event: LoggedEvent): void {
    const { reached, lastSeq = 0 } = subscription;
    // What is sent before the snapshot that was announced belongs to nothing, and clients skip it.
    if (reached === undefined) return;
    const { seq, first = seq } = event;
    if (first > reached.seq + 1) this.#count('gaps');
    else if (seq < lastSeq) this.#count('reorders');
    // A merged delta may begin with what came before: the client takes from it what it lacks.
    else if (isDelta(event) ? seq === lastSeq : first <= lastSeq) this.#count('duplicates');
    subscription.reached = { epoch: reached.epoch, seq: Math.max(reached.seq, seq) };
    subscription.lastSeq = Math.max(lastSeq, seq);
    if (event.type === 'run-restarted' && !this.restartedAtMs.has(event.runId))
      this.restartedAtMs.set(event.runId, Date.now());
    if (event.type !== 'run-finished') return;
    const ends = this.#ends.get(event.runId) ?? new Set();
    this.#ends.set(event.runId, ends.add(`${reached.epoch} ${seq} ${event.reason}`));
  }

  #count(kind: keyof WrongDeliveries): void {
    this.wrong[kind] += 1;
    this.firstWrong ??= `${kind} at the end of: ${this.#recent.join(', ')}`;
  }
}

/**
 * A replay follows the cursor that was asked for; without one the tab has nothing. Long polls and streams that begin again within
 * one connection ask by themselves, from what they have received.
 */
function begin(subscription: Subscription, { mode, epoch }: EventOf<'subscribed'>): void {
  const from = subscription.asked === undefined ? subscription.reached : subscription.asked.cursor;
  subscription.reached = mode === 'replay' ? { epoch, seq: from?.seq ?? 0 } : undefined;
  subscription.lastSeq = undefined;
  subscription.asked = undefined;
}

const MAX_RECENT = 16;

/** The event and its place, such as `text-delta 3-7` or `synced 7 of Xy`. */
function describe(event: ChatEvent): string {
  if (isLogged(event))
    return `${event.type} ${event.first === undefined ? '' : `${event.first}-`}${event.seq}`;
  if (event.type === 'subscribed') return `subscribed ${event.mode} of ${event.epoch}`;
  return 'epoch' in event ? `${event.type} ${event.seq} of ${event.epoch}` : event.type;
}

const positionOf = ({ epoch, seq }: Position): Position => ({ epoch, seq });

/** Whether the ends differ in more than their epoch. A log that was lost, and begins again, repeats the ends that it had. */
function areTwo(ends: readonly string[]): boolean {
  const split = ends.map((end) => end.split(' '));
  const epochs = new Set(split.map(([epoch]) => epoch));
  const reasons = new Set(split.map(([, , reason]) => reason));
  return epochs.size < ends.length || reasons.size > 1;
}
