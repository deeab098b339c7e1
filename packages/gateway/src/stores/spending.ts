/**
 * What runs use of the budgets of a day: the part of the store that counts it. A run is counted twice: with what it may use while it
 * runs, its reservation, and then with what it has used.
 */
import type { ConversationId, RunId } from '@rivulet/protocol';

/** Tokens and what they cost. */
export interface Amount {
  tokens: number;
  /** In trillionths of the unit of the prices: a token at a price of 1 for a million tokens costs 1,000,000. Whole numbers, so that sums are exact. */
  costPico: number;
}

/** Whose budget: one visitor's or user's, or that of all visitors of a site together. */
export const BUDGETS = ['visitor', 'site'] as const;
/** One of `BUDGETS`. */
export type BudgetKind = (typeof BUDGETS)[number];
/** The amounts of the visitor and of the site. */
export type BudgetAmounts = Readonly<Record<BudgetKind, Amount>>;

/** What a run may use. */
export interface Reservation {
  /** The day whose budgets it is counted in, also when the run ends on the next one: days since 1970, UTC. */
  day: number;
  amount: Amount;
  /** Refused when the other runs of the day have used as much as this, or have reserved it. `Infinity`: no limit. */
  limits: BudgetAmounts;
}

/** Another reservation of a run that is unfinished. */
export interface ReservationChange extends Omit<Reservation, 'day'> {
  conversationId: ConversationId;
  runId: RunId;
  /** What the recovery needs to count the run: a JSON value, which the store does not read. */
  note: unknown;
}

/** The reservation of a run as it was changed last. */
export interface StoredReservation {
  amount: Amount;
  /** Undefined as long as there is none. */
  note: unknown;
}

/**
 * The amounts are shared by all gateways of the store. `Store.accept` makes a reservation and `Store.endRun` replaces it by what was
 * used, each in its own transaction.
 */
export interface SpendingStore {
  /**
   * Adds a reservation of nothing for what is not a run, so that `reserve` can change it: a draft at the desk. One that is there stays. A
   * power cut may lose it.
   * @param added with whose amounts it is counted in, beside those of the site
   */
  addReservation(
    added: Pick<ReservationChange, 'conversationId' | 'runId'> &
      Pick<Reservation, 'day'> & { owner: { siteId: string; ownerId: string } },
  ): Promise<void>;
  /** Removes the reservation. Its amount stays counted: before it, `reserve` makes it what was used. */
  removeReservation(conversationId: ConversationId, runId: RunId): Promise<void>;
  /**
   * Changes the reservation of an unfinished run. A larger one is refused like the first one; the note is kept in any case. No effect
   * when there is none. A power cut may lose it.
   * @returns `reserved`, or the budget that is used up
   */
  reserve(change: ReservationChange): Promise<'reserved' | BudgetKind>;
  /** The reservation of a run; undefined when there is none, or the run has ended. */
  readReservation(conversationId: ConversationId, runId: RunId): Promise<StoredReservation | undefined>;
  /** What was used on a day, and is reserved, by a visitor and by all visitors of the site. */
  readSpent(owner: { siteId: string; ownerId: string }, day: number): Promise<BudgetAmounts>;
  /** Deletes the amounts of the days before this one, and reservations of theirs that nobody has ended. */
  forgetSpent(beforeDay: number): Promise<void>;
}

/** No tokens and no costs. */
export const NOTHING: Amount = { tokens: 0, costPico: 0 };

/** One amount and another one, which may be negative. */
export const plus = (one: Amount, other: Amount): Amount => ({
  tokens: one.tokens + other.tokens,
  costPico: one.costPico + other.costPico,
});

/** What an amount is more than another one. */
export const minus = (one: Amount, other: Amount): Amount => ({
  tokens: one.tokens - other.tokens,
  costPico: one.costPico - other.costPico,
});

/**
 * The budget that the other runs have used up; undefined when there is none. Together they have used less than the limit each time that
 * a run gets its reservation, so that a budget is exceeded by one run at most, however many start at once.
 * @param others what was used and is reserved, without the run that asks
 */
export function usedUp(others: BudgetAmounts, limits: BudgetAmounts): BudgetKind | undefined {
  return BUDGETS.find(
    (kind) => others[kind].tokens >= limits[kind].tokens || others[kind].costPico >= limits[kind].costPico,
  );
}
