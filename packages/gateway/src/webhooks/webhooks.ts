/** The webhooks of a gateway: keeps events in the outbox of the store, and delivers them. */
import type { RandomBytes } from '@rivulet/protocol';
import { describeCause, type Clock, type Logger, type Metrics, type Timer } from '../base/index.ts';
import type { UpstreamProxy } from '../providers/upstream-proxy.ts';
import type { Store } from '../stores/store.ts';
import type { EndpointCounts, NewDelivery, StoredDelivery } from '../stores/webhook-outbox.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { EndpointQueue } from './endpoint-queue.ts';
import { createEndpointTarget } from './endpoint-target.ts';
import { toldEvent, type ToldEvent, type WebhookEvent } from './events.ts';
import { createWebhookSender, type WebhookSender } from './send.ts';
import type { WebhookSettings } from './settings.ts';

/** What webhooks need. */
export interface WebhooksOptions {
  webhooks: readonly WebhookSettings[];
  /** What else events are delivered to from the same outbox, such as mail. Default: nothing. */
  targets?: readonly DeliveryTarget[];
  /** Through which endpoints of the internet are reached. Default: none. */
  proxies?: UpstreamProxy;
  store: Pick<Store, 'webhooks' | 'retention'>;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  metrics: Pick<Metrics, 'webhookDeliveries' | 'webhooksKept'>;
}

/** What tells of events: all that most rooms need of webhooks. */
export interface WebhookEmitter {
  /** False: nobody would be told, so that nothing has to be prepared. */
  readonly isOn: boolean;
  /**
   * Tells of an event. Resolves when the outbox of the store has it. Never rejects: when the store cannot keep it, that is logged, and
   * the event is lost.
   */
  emit(event: WebhookEvent): Promise<void>;
}

/** A delivery that was given up, for operators. */
export interface DeadLetter {
  /** To continue the list after it. */
  position: number;
  /** The `webhook-id`. */
  id: string;
  /** The name of the endpoint, and its origin when it is still configured. */
  endpoint: string;
  origin?: string;
  attempts: number;
  problem: string;
  queuedAtMs: number;
  deadAtMs: number;
  /** What was sent. */
  event: unknown;
}

/** How an endpoint is. */
export interface EndpointState extends EndpointCounts {
  /** `failing`: what waits was tried and did not arrive. `unknown`: it is not configured here, so that nothing is sent. */
  state: 'idle' | 'delivering' | 'failing' | 'unknown';
  /** Absent when it is not configured. */
  origin?: string;
  /** Absent: all. */
  events?: readonly string[];
  sites?: readonly string[];
}

/** The webhooks of a gateway. */
export interface Webhooks extends WebhookEmitter {
  /** Delivers what is due, on the endpoints that no other gateway serves, and looks for more from now on. */
  start(): void;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
  /** The endpoints that are configured, and those that something is left of. */
  listEndpoints(): Promise<EndpointState[]>;
  /** The deliveries that were given up, the oldest first. */
  listDead(page: { limit: number; after: number }): Promise<DeadLetter[]>;
  /** Sends deliveries again that were given up. @param ids of events; default: all @returns how many */
  redeliver(ids?: readonly string[]): Promise<number>;
  /** Ends what is being sent; it is sent again after the next start, or by another gateway. May be called twice. */
  close(): void;
}

/** How often the store is looked at: for what another gateway has left, and for what is due again. */
const POLL_MS = 5_000;
const DAY_MS = 24 * 60 * 60_000;
/** An endpoint may be away over a weekend. */
const MAX_AGE_MS = 3 * DAY_MS;
const MAX_WAITING = 100_000;
const DEAD_KEPT_MS = 30 * DAY_MS;
const MAX_DEAD = 10_000;
/** The bounds are applied this often, in polls. */
const TRIM_POLLS = 12;

/** Creates the webhooks of a gateway. Nothing is sent before `start`, apart from what is emitted. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { store, clock, logger } = options;
  const sender = createWebhookSender(clock, options.proxies);
  const queues = queuesOf(options, sender);
  let timer: Timer | undefined;
  let polls = 0;
  let isClosed = false;
  let polling: Promise<void> = Promise.resolve();
  const deliverAll = () => Promise.all(queues.map((queue) => queue.deliver()));
  const poll = async () => {
    if (polls % TRIM_POLLS === 0) await trim(options);
    polls += 1;
    await deliverAll();
  };
  const arm = () => {
    timer = clock.after(POLL_MS, () => {
      polling = poll().finally(() => {
        if (!isClosed) arm();
      });
    });
  };
  return {
    isOn: queues.length > 0,
    emit: (event) => emitTo(options, queues, event),
    start() {
      if (queues.length === 0 || timer !== undefined) return;
      polling = poll();
      arm();
    },
    async settled() {
      await polling;
      await deliverAll();
    },
    listEndpoints: async () => endpointsOf(await store.webhooks.listEndpoints(), queues),
    listDead: async ({ limit, after }) =>
      (await store.webhooks.listDead(limit, after)).map((delivery) => toDeadLetter(delivery, queues)),
    async redeliver(ids) {
      const count = await store.webhooks.redeliver(clock.now(), ids);
      logger.info({ count }, 'webhooks that were given up are sent again');
      void deliverAll();
      return count;
    },
    close() {
      isClosed = true;
      timer?.cancel();
      for (const each of [...queues, sender]) each.close();
    },
  };
}

function queuesOf(options: WebhooksOptions, sender: WebhookSender): EndpointQueue[] {
  const { webhooks, targets = [], random } = options;
  const holder = Buffer.from(random(12)).toString('hex');
  const all: DeliveryTarget[] = [...webhooks.map((each) => createEndpointTarget(each, sender)), ...targets];
  return all.map((target) => new EndpointQueue({ ...options, holder }, target));
}

async function emitTo(
  options: WebhooksOptions,
  queues: readonly EndpointQueue[],
  event: WebhookEvent,
): Promise<void> {
  const nowMs = options.clock.now();
  const told = toldEvent(event, nowMs, options.random);
  const asked = queues.map((queue) => ({ queue, kept: queue.target.keep(told, nowMs) }));
  // What is known at once is added at once, in the order of the events. What a target has to ask for first holds up nothing else.
  const known = asked.flatMap(({ queue, kept }) => (isList(kept) ? [{ queue, kept }] : []));
  const later = asked.map(async ({ queue, kept }) =>
    isList(kept) ? undefined : addAll(options, told, [{ queue, kept: await kept }]),
  );
  await Promise.all([addAll(options, told, known), ...later]);
}

const isList = (kept: ReturnType<DeliveryTarget['keep']>): kept is readonly NewDelivery[] =>
  Array.isArray(kept);

/** Never rejects. */
async function addAll(
  { store, logger }: WebhooksOptions,
  told: ToldEvent,
  asked: readonly { queue: EndpointQueue; kept: readonly NewDelivery[] }[],
): Promise<void> {
  const wanted = asked.filter(({ kept }) => kept.length > 0);
  if (wanted.length === 0) return;
  try {
    await store.webhooks.add(wanted.flatMap(({ kept }) => kept));
  } catch (error) {
    logger.error(
      { eventId: told.id, type: told.type, ...describeCause(error) },
      'an event could not be kept for the webhooks, and is lost',
    );
    return;
  }
  for (const { queue } of wanted) void queue.deliver(); // a closed one does nothing
}

/** Applies the bounds, and shows what is left. */
async function trim({ store, clock, logger, metrics }: WebhooksOptions): Promise<void> {
  try {
    const nowMs = clock.now();
    const bounds = { maxWaiting: MAX_WAITING, maxDead: MAX_DEAD, deadBeforeMs: nowMs - DEAD_KEPT_MS };
    const count = await store.webhooks.trim({ ...bounds, nowMs, queuedBeforeMs: nowMs - MAX_AGE_MS });
    if (count > 0) logger.error({ count }, 'webhooks are given up; they are among the dead letters');
    const { waiting, dead } = await store.webhooks.count();
    metrics.webhooksKept.set({ state: 'waiting' }, waiting);
    metrics.webhooksKept.set({ state: 'dead' }, dead);
  } catch (error) {
    logger.warn(describeCause(error), 'the outbox of the webhooks could not be trimmed; it is tried again');
  }
}

const NOTHING = { waiting: 0, dead: 0, oldestAtMs: null, problem: null };

function endpointsOf(counts: readonly EndpointCounts[], queues: readonly EndpointQueue[]): EndpointState[] {
  const known = queues.map(({ name, target }): EndpointState => {
    const kept = counts.find(({ endpoint }) => endpoint === name) ?? { ...NOTHING, endpoint: name };
    const busy = kept.problem === null ? 'delivering' : 'failing';
    return { ...kept, state: kept.waiting === 0 ? 'idle' : busy, ...target.shown };
  });
  const others = counts.filter(({ endpoint }) => queues.every(({ name }) => name !== endpoint));
  return [...known, ...others.map((each): EndpointState => ({ ...each, state: 'unknown' }))];
}

function toDeadLetter(delivery: StoredDelivery, queues: readonly EndpointQueue[]): DeadLetter {
  const { id, eventId, endpoint, attempts, problem, queuedAtMs, deadAtMs, body } = delivery;
  const known = queues.find(({ name }) => name === endpoint);
  return {
    ...{ position: id, id: eventId, endpoint, attempts, queuedAtMs },
    ...(known === undefined ? {} : { origin: known.target.shown.origin }),
    problem: problem ?? '',
    deadAtMs: deadAtMs ?? 0,
    event: JSON.parse(body) as unknown, // written by `toldEvent`
  };
}
