/** The webhook outbox of the memory store. */
import {
  TOO_MANY,
  TOO_OLD,
  type DeliveryChange,
  type EndpointCounts,
  type NewDelivery,
  type OutboxBounds,
  type StoredDelivery,
  type WebhookOutbox,
} from './webhook-outbox.ts';

type Entry = StoredDelivery & { retryAtMs: number };
const FRESH = { attempts: 0, refusals: 0, problem: null, deadAtMs: null };

/** Creates the outbox of a store in memory. @param settle does the work as the store does: not when it is closed */
export function createMemoryWebhooks(settle: <Result>(work: () => Result) => Promise<Result>): WebhookOutbox {
  const entries = new Entries();
  return {
    add: (deliveries) =>
      settle(() => {
        for (const delivery of deliveries) entries.add(delivery);
      }),
    listDue: (endpoint, nowMs, limit) =>
      settle(() => entries.due(endpoint, nowMs).slice(0, limit).map(withoutRetry)),
    change: (change) =>
      settle(() => {
        entries.change(change);
      }),
    remove: (id) =>
      settle(() => {
        entries.remove([id]);
      }),
    wake: (endpoint, nowMs) =>
      settle(() => {
        for (const entry of entries.waiting())
          if (entry.endpoint === endpoint && entry.refusals === 0)
            entry.retryAtMs = Math.min(entry.retryAtMs, nowMs);
      }),
    listDead: (limit, after = 0) =>
      settle(() => {
        const listed = entries.dead().filter(({ id }) => id > after);
        return listed.slice(0, limit).map(withoutRetry);
      }),
    redeliver: (nowMs, eventIds) =>
      settle(() => {
        const chosen = entries.dead().filter(({ eventId }) => eventIds?.includes(eventId) ?? true);
        for (const entry of chosen) Object.assign(entry, { ...FRESH, queuedAtMs: nowMs, retryAtMs: nowMs });
        return chosen.length;
      }),
    trim: (bounds) => settle(() => entries.trim(bounds)),
    forget: (orderKeys) =>
      settle(() => {
        const all = [...entries.waiting(), ...entries.dead()];
        entries.remove(all.filter(({ orderKey }) => orderKeys.includes(orderKey)).map(({ id }) => id));
      }),
    count: () => settle(() => ({ waiting: entries.waiting().length, dead: entries.dead().length })),
    listEndpoints: () => settle(() => entries.endpoints()),
  };
}

const withoutRetry = ({ retryAtMs: _due, ...delivery }: Entry): StoredDelivery => ({ ...delivery });

/** Its methods are synchronous, so that nothing comes between a check and a write. */
class Entries {
  /** In the order in which they were added. */
  readonly #entries = new Map<number, Entry>();
  /** Those that exist, by endpoint and event. */
  readonly #known = new Set<string>();
  #lastId = 0;

  add({ atMs, ...delivery }: NewDelivery): void {
    if (this.#known.has(keyOf(delivery))) return;
    this.#known.add(keyOf(delivery));
    this.#lastId += 1;
    const place = { id: this.#lastId, queuedAtMs: atMs, retryAtMs: atMs };
    this.#entries.set(this.#lastId, { ...delivery, ...FRESH, ...place });
  }

  waiting(): Entry[] {
    return [...this.#entries.values()].filter(({ deadAtMs }) => deadAtMs === null);
  }

  dead(): Entry[] {
    return [...this.#entries.values()].filter(({ deadAtMs }) => deadAtMs !== null);
  }

  endpoints(): EndpointCounts[] {
    const all = [...this.#entries.values()];
    const names = [...new Set(all.map(({ endpoint }) => endpoint))].sort();
    return names.map((endpoint) => {
      const [waiting, dead] = [this.waiting(), this.dead()].map((some) =>
        some.filter((entry) => entry.endpoint === endpoint),
      ) as [Entry[], Entry[]]; // map keeps the length
      const oldestAtMs =
        waiting.length === 0 ? null : Math.min(...waiting.map(({ queuedAtMs }) => queuedAtMs));
      const problem = waiting.find((entry) => entry.problem !== null)?.problem ?? null;
      return { endpoint, waiting: waiting.length, dead: dead.length, oldestAtMs, problem };
    });
  }

  due(endpoint: string, nowMs: number): Entry[] {
    const seen = new Set<string>();
    const isFirst = ({ orderKey }: Entry) => !seen.has(orderKey) && seen.add(orderKey);
    const firsts = this.waiting().filter((entry) => entry.endpoint === endpoint && isFirst(entry));
    return firsts.filter(({ retryAtMs }) => retryAtMs <= nowMs);
  }

  change({ id, ...changes }: DeliveryChange): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) Object.assign(entry, changes);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) this.#known.delete(keyOf(entry));
      this.#entries.delete(id);
    }
  }

  trim({ nowMs, queuedBeforeMs, maxWaiting, deadBeforeMs, maxDead }: OutboxBounds): number {
    const old = this.waiting().filter(({ queuedAtMs }) => queuedAtMs < queuedBeforeMs);
    for (const entry of old) Object.assign(entry, { deadAtMs: nowMs, problem: TOO_OLD });
    const excess = this.waiting().slice(0, Math.max(0, this.waiting().length - maxWaiting));
    for (const entry of excess) Object.assign(entry, { deadAtMs: nowMs, problem: TOO_MANY });
    const dead = this.dead();
    const forgotten = dead.filter(
      ({ deadAtMs }, index) => (deadAtMs ?? 0) < deadBeforeMs || index < dead.length - maxDead,
    );
    this.remove(forgotten.map(({ id }) => id));
    return old.length + excess.length;
  }
}

const keyOf = ({ endpoint, eventId }: Pick<NewDelivery, 'endpoint' | 'eventId'>): string =>
  JSON.stringify([endpoint, eventId]);
