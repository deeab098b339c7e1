/** The budget of a draft: it is reserved like that of a run, and counts for the site and not for its visitor, who has not asked. */
import type { ConversationId, Message, RunId } from '@rivulet/protocol';
import { isUnlimited } from '../budgets/budget-settings.ts';
import type { Budgets } from '../budgets/budgets.ts';
import { amountOf, type Charge } from '../budgets/run-charge.ts';
import type { Site } from '../sites/sites.ts';
import type { Amount } from '../stores/spending.ts';
import type { Store } from '../stores/store.ts';

/** What the budget of a draft needs. */
export interface DraftBudgetOptions {
  store: Pick<Store, 'spending'>;
  budgets: Pick<Budgets, 'reservationOf' | 'refuse'>;
}

/** A draft that is to be written. */
export interface BudgetedDraft {
  conversationId: ConversationId;
  /** An id of its own, by which it is found in the log. */
  runId: RunId;
  site: Site;
  /** The person who has asked for it. */
  personId: string;
  /** What the draft answers. */
  question: Message;
}

const NO_LIMIT: Amount = { tokens: Infinity, costPico: Infinity };

/**
 * Reserves what the draft may use.
 * @returns a function that replaces the reservation by what was used. When the gateway dies before, the reservation stays counted
 * @throws {ChatError} quota-exceeded when the budget of the site is used up
 */
export async function reserveDraft(
  { store: { spending }, budgets }: DraftBudgetOptions,
  { conversationId, runId, site, personId, question }: BudgetedDraft,
): Promise<(charge: Charge) => Promise<void>> {
  const principal = { id: personId, kind: 'user', siteId: site.id } as const;
  const reservation = budgets.reservationOf({ site, principal, question, isFirst: false });
  if (reservation === undefined || isUnlimited(reservation.limits.site)) return () => Promise.resolve();
  const { day, amount } = reservation;
  const limits = { visitor: NO_LIMIT, site: reservation.limits.site };
  const owner = { siteId: site.id, ownerId: personId };
  await spending.addReservation({ conversationId, runId, owner, day });
  const outcome = await spending.reserve({ conversationId, runId, amount, limits, note: undefined });
  if (outcome !== 'reserved') {
    await spending.removeReservation(conversationId, runId);
    throw budgets.refuse(outcome, site.id);
  }
  return async (charge) => {
    const used = { amount: amountOf(charge), limits: { visitor: NO_LIMIT, site: NO_LIMIT }, note: undefined };
    await spending.reserve({ conversationId, runId, ...used });
    await spending.removeReservation(conversationId, runId);
  };
}
