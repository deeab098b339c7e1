/** The amounts of the SQLite store. Its methods run within the transaction of the caller. */
import {
  BUDGETS,
  minus,
  NOTHING,
  usedUp,
  type Amount,
  type BudgetAmounts,
  type BudgetKind,
} from './spending.ts';
import type { Statements } from './sqlite-statements.ts';

/** `Reservation` with whose it is. */
export interface ReservationRow {
  conversationId: string;
  runId: string;
  siteId: string;
  ownerId: string;
  day: number;
  amount: Amount;
  limits: BudgetAmounts;
}

/** A reservation of nothing as a row. */
export type EmptyReservationRow = Omit<ReservationRow, 'amount' | 'limits'>;

/** `ReservationChange` as a row. */
export interface ReservationChangeRow extends Pick<
  ReservationRow,
  'conversationId' | 'runId' | 'amount' | 'limits'
> {
  /** JSON. */
  note: string | null;
}

type Place = Pick<ReservationRow, 'siteId' | 'ownerId' | 'day'>;

/** What runs use, and may use. */
export class SqliteSpending {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** @returns the budget that is used up; then nothing was written */
  add(row: ReservationRow): BudgetKind | undefined {
    const { conversationId, runId, siteId, ownerId, day, amount, limits } = row;
    const refused = usedUp(this.read(row), limits);
    if (refused !== undefined) return refused;
    const { tokens, costPico } = amount;
    this.#sql.addReservation.run(conversationId, runId, siteId, ownerId, day, tokens, costPico);
    this.#count(row, amount);
    return undefined;
  }

  /** @see SpendingStore.addReservation */
  addEmpty({ conversationId, runId, siteId, ownerId, day }: EmptyReservationRow): void {
    if (this.#reservationOf(conversationId, runId) !== undefined) return;
    this.#sql.addReservation.run(conversationId, runId, siteId, ownerId, day, 0, 0);
  }

  /** @see SpendingStore.removeReservation */
  remove(conversationId: string, runId: string): void {
    this.#sql.removeReservation.run(conversationId, runId);
  }

  /** @see SpendingStore.reserve */
  change({ conversationId, runId, amount, limits, note }: ReservationChangeRow): 'reserved' | BudgetKind {
    const reserved = this.#reservationOf(conversationId, runId);
    if (reserved === undefined) return 'reserved';
    const { place, amount: before } = reserved;
    const more = minus(amount, before);
    const spent = this.read(place);
    const others = { visitor: minus(spent.visitor, before), site: minus(spent.site, before) };
    const refused = more.tokens > 0 || more.costPico > 0 ? usedUp(others, limits) : undefined;
    const { tokens, costPico } = refused === undefined ? amount : before;
    this.#sql.changeReservation.run(tokens, costPico, note, conversationId, runId);
    if (refused !== undefined) return refused;
    this.#count(place, more);
    return 'reserved';
  }

  /** Replaces the reservation by what was used; no effect when there is none. */
  settle(conversationId: string, runId: string, spent: Amount): void {
    const reserved = this.#reservationOf(conversationId, runId);
    if (reserved === undefined) return;
    this.#sql.removeReservation.run(conversationId, runId);
    this.#count(reserved.place, minus(spent, reserved.amount));
  }

  /** The row of a reservation. */
  readReservation(conversationId: string, runId: string): unknown {
    return this.#sql.readReservation.get(conversationId, runId);
  }

  /** @see SpendingStore.readSpent */
  read({ siteId, ownerId, day }: Place): BudgetAmounts {
    const of = (kind: BudgetKind): Amount => {
      const row = this.#sql.readSpent.get(siteId, kind, kind === 'site' ? '' : ownerId, day);
      return row === undefined ? NOTHING : amountOf(row);
    };
    return { visitor: of('visitor'), site: of('site') };
  }

  /** @see SpendingStore.forgetSpent */
  forget(beforeDay: number): void {
    this.#sql.forgetReservations.run(beforeDay);
    this.#sql.forgetSpent.run(beforeDay);
  }

  #reservationOf(conversationId: string, runId: string): { place: Place; amount: Amount } | undefined {
    const row = this.#sql.readReservation.get(conversationId, runId);
    if (row === undefined) return undefined;
    const place = { siteId: String(row.site_id), ownerId: String(row.owner_id), day: Number(row.day) };
    return { place, amount: amountOf(row) };
  }

  #count({ siteId, ownerId, day }: Place, amount: Amount): void {
    const { tokens, costPico } = amount;
    if (tokens === 0 && costPico === 0) return;
    for (const kind of BUDGETS)
      this.#sql.addSpent.run(siteId, kind, kind === 'site' ? '' : ownerId, day, tokens, costPico);
  }
}

const amountOf = (row: Record<string, unknown>): Amount => ({
  tokens: Number(row.tokens),
  costPico: Number(row.cost_pico),
});
