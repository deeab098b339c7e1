/** Delivers what waits for one target: in order for each conversation, and by one gateway at a time. */
import { describeCause, type Clock, type Logger, type Metrics } from '../base/index.ts';
import type { Store } from '../stores/store.ts';
import type { StoredDelivery } from '../stores/webhook-outbox.ts';
import type { DeliveryTarget, SendOutcome } from './delivery-target.ts';

/** What the queue of an endpoint needs. */
export interface EndpointQueueOptions {
  store: Pick<Store, 'webhooks' | 'retention'>;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'webhookDeliveries'>;
  /** An id that no other gateway has. */
  holder: string;
}

/** Longer than a batch takes, so that a gateway loses the endpoint only when it is dead or frozen. */
const CLAIM_MS = 60_000;
/** A job that is always due. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

const FIRST_WAIT_MS = 5_000;
/** While an endpoint is away, it is tried this often. */
const MAX_PAUSE_MS = 5 * 60_000;
/** A delivery that is refused again and again is tried this often. */
const MAX_RETRY_MS = 60 * 60_000;
/** Together with the waits: after about twelve hours. */
const MAX_REFUSALS = 20;

const waitMs = (failures: number, maxMs: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20), maxMs);

/** The deliveries to one target. */
export class EndpointQueue {
  readonly target: DeliveryTarget;
  readonly #options: EndpointQueueOptions;
  readonly #closing = new AbortController();
  readonly #job: { name: string; holder: string };
  /** How often in a row the endpoint was away; while it is, one delivery tries it at a time. */
  #pauses = 0;
  #pausedUntilMs = 0;
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(options: EndpointQueueOptions, target: DeliveryTarget) {
    this.#options = options;
    this.target = target;
    this.#job = { name: `webhooks ${target.name}`, holder: options.holder };
  }

  /** @see DeliveryTarget.name */
  get name(): string {
    return this.target.name;
  }

  /** Delivers what is due, unless another gateway does. Never rejects. While it does, a further call delivers what comes meanwhile. */
  deliver(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= Promise.resolve().then(() => this.#run());
    return this.#running;
  }

  /** Ends what is being sent. */
  close(): void {
    this.#closing.abort();
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isClosed()) {
      this.#isWanted = false;
      try {
        await this.#deliverAll();
      } catch (error) {
        if (this.#isClosed()) break;
        const facts = { endpoint: this.name, ...describeCause(error) };
        this.#options.logger.error(facts, 'webhooks could not be delivered; they wait');
      }
    }
    this.#running = undefined; // in the same step in which the loop ends, so that no call in between is lost
  }

  async #deliverAll(): Promise<void> {
    const { store, clock } = this.#options;
    if (clock.now() < this.#pausedUntilMs || (await this.#due()).length === 0) return;
    if (!(await this.#claim())) return;
    try {
      for (let batch = await this.#due(); batch.length > 0; batch = await this.#due()) {
        const outcomes = await Promise.all(this.#together(batch).map((some) => this.#attempt(some)));
        if (!(await this.#follow(outcomes)) || this.#isClosed() || !(await this.#claim())) break;
      }
    } finally {
      await store.retention.finishJob({ ...this.#job, nowMs: clock.now() });
    }
  }

  #due(): Promise<StoredDelivery[]> {
    const { store, clock } = this.#options;
    return store.webhooks.listDue(this.name, clock.now(), this.target.atOnce);
  }

  #together(due: readonly StoredDelivery[]): StoredDelivery[][] {
    const sent = this.target.together?.(due) ?? due.map((each) => [each]);
    return this.#pauses > 0 ? sent.slice(0, 1) : sent;
  }

  #claim(): Promise<boolean> {
    const nowMs = this.#options.clock.now();
    const claim = { ...this.#job, nowMs, untilMs: nowMs + CLAIM_MS, dueSinceMs: ALWAYS };
    return this.#options.store.retention.claimJob(claim);
  }

  async #attempt(deliveries: readonly StoredDelivery[]): Promise<SendOutcome['kind']> {
    const { store, metrics } = this.#options;
    const outcome = await this.target.send(deliveries, this.#closing.signal);
    if (this.#isClosed()) return outcome.kind; // they may have arrived, and are sent again after the start
    for (const delivery of deliveries)
      if (outcome.kind === 'delivered') await store.webhooks.remove(delivery.id);
      else await this.#postpone(delivery, outcome);
    metrics.webhookDeliveries.inc({ endpoint: this.name, outcome: outcome.kind }, deliveries.length);
    return outcome.kind;
  }

  async #postpone(
    { id, eventId, attempts: before, refusals: refused }: StoredDelivery,
    { kind, problem, isFinal = false }: Exclude<SendOutcome, { kind: 'delivered' }>,
  ): Promise<void> {
    const { store, clock, metrics, logger } = this.#options;
    const [nowMs, attempts] = [clock.now(), before + 1];
    const refusals = refused + (kind === 'refused' ? 1 : 0);
    const isDead = isFinal || refusals >= MAX_REFUSALS;
    const wait = kind === 'away' ? waitMs(this.#pauses + 1, MAX_PAUSE_MS) : waitMs(refusals, MAX_RETRY_MS);
    const deadAtMs = isDead ? nowMs : null;
    await store.webhooks.change({ id, attempts, refusals, problem, deadAtMs, retryAtMs: nowMs + wait });
    const facts = { endpoint: this.name, eventId, attempts, problem };
    if (isDead) metrics.webhookDeliveries.inc({ endpoint: this.name, outcome: 'given-up' });
    if (isDead) logger.error(facts, 'a webhook is given up; it is among the dead letters');
    else logger.warn(facts, 'a webhook was not delivered; it is sent again');
  }

  /** @returns whether to go on */
  async #follow(outcomes: readonly SendOutcome['kind'][]): Promise<boolean> {
    const { store, clock } = this.#options;
    if (!outcomes.includes('delivered') && outcomes.includes('away')) {
      this.#pauses += 1;
      this.#pausedUntilMs = clock.now() + waitMs(this.#pauses, MAX_PAUSE_MS);
      return false;
    }
    if (this.#pauses > 0) await store.webhooks.wake(this.name, clock.now());
    this.#pauses = 0;
    return true;
  }
}
