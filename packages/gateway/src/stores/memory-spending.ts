/** The amounts of the memory store. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import {
  BUDGETS,
  minus,
  NOTHING,
  plus,
  usedUp,
  type Amount,
  type BudgetAmounts,
  type BudgetKind,
  type Reservation,
  type ReservationChange,
  type SpendingStore,
  type StoredReservation,
} from './spending.ts';
import type { Owner } from './store.ts';

interface Reserved extends StoredReservation {
  owner: Owner;
  day: number;
}

/** What runs use, and may use. Its methods are synchronous, so that nothing comes between a check and a write. */
export class MemorySpending {
  /** By day, kind and owner. */
  readonly #spent = new Map<string, { day: number; amount: Amount }>();
  /** By conversation and run. */
  readonly #reservations = new Map<string, Reserved>();

  /** @returns the budget that is used up; then nothing was reserved */
  add(key: readonly [ConversationId, RunId], owner: Owner, reservation: Reservation): BudgetKind | undefined {
    const { day, amount, limits } = reservation;
    const refused = usedUp(this.#read(owner, day), limits);
    if (refused !== undefined) return refused;
    this.#reservations.set(key.join(' '), { owner, day, amount: { ...amount }, note: undefined });
    this.#count(owner, day, amount);
    return undefined;
  }

  /** The seam. @param settle calls what it is given, unless the store is closed */
  asStore(settle: <Result>(work: () => Result) => Promise<Result>): SpendingStore {
    return {
      addReservation: ({ conversationId, runId, owner, day }) =>
        settle(() => {
          const key = `${conversationId} ${runId}`;
          if (this.#reservations.has(key)) return;
          this.#reservations.set(key, { owner: { ...owner }, day, amount: { ...NOTHING }, note: undefined });
        }),
      removeReservation: (conversationId, runId) =>
        settle(() => {
          this.#reservations.delete(`${conversationId} ${runId}`);
        }),
      reserve: (change) => settle(() => this.#change(change)),
      readReservation: (conversationId, runId) =>
        settle(() => {
          const reserved = this.#reservations.get(`${conversationId} ${runId}`);
          return reserved && structuredClone({ amount: reserved.amount, note: reserved.note });
        }),
      readSpent: (owner, day) => settle(() => this.#read(owner, day)),
      forgetSpent: (beforeDay) =>
        settle(() => {
          for (const kept of [this.#spent, this.#reservations])
            for (const [key, { day }] of kept) if (day < beforeDay) kept.delete(key);
        }),
    };
  }

  #change({ conversationId, runId, amount, limits, note }: ReservationChange): 'reserved' | BudgetKind {
    const reserved = this.#reservations.get(`${conversationId} ${runId}`);
    if (reserved === undefined) return 'reserved';
    const { owner, day, amount: before } = reserved;
    reserved.note = structuredClone(note);
    const more = minus(amount, before);
    const spent = this.#read(owner, day);
    const others = { visitor: minus(spent.visitor, before), site: minus(spent.site, before) };
    const refused = more.tokens > 0 || more.costPico > 0 ? usedUp(others, limits) : undefined;
    if (refused !== undefined) return refused;
    reserved.amount = { ...amount };
    this.#count(owner, day, more);
    return 'reserved';
  }

  /** Replaces the reservation by what was used; no effect when there is none. */
  settle(conversationId: ConversationId, runId: RunId, spent: Amount): void {
    const key = `${conversationId} ${runId}`;
    const reserved = this.#reservations.get(key);
    if (reserved === undefined) return;
    this.#reservations.delete(key);
    this.#count(reserved.owner, reserved.day, minus(spent, reserved.amount));
  }

  #read(owner: Owner, day: number): BudgetAmounts {
    const of = (kind: BudgetKind) => this.#spent.get(keyOf(kind, owner, day))?.amount ?? NOTHING;
    return { visitor: of('visitor'), site: of('site') };
  }

  #count(owner: Owner, day: number, amount: Amount): void {
    for (const kind of BUDGETS) {
      const key = keyOf(kind, owner, day);
      this.#spent.set(key, { day, amount: plus(this.#spent.get(key)?.amount ?? NOTHING, amount) });
    }
  }
}

const keyOf = (kind: BudgetKind, { siteId, ownerId }: Owner, day: number): string =>
  JSON.stringify([day, siteId, ...(kind === 'site' ? [] : [ownerId])]);
