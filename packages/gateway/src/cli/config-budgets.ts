/** The part of the configuration that limits what visitors may use in a day. */
import * as v from 'valibot';
import { BudgetsSchema } from '../budgets/budget-settings.ts';
import { PricesSchema } from '../budgets/prices.ts';

/** The budgets of sites without their own, and what models cost. */
export const BUDGET_SETTINGS = {
  /** Default: those of the gateway; none for the demo, which costs nothing. */
  budgets: v.optional(BudgetsSchema),
  /** By the exact name of the model. They replace the known list prices. */
  prices: v.optional(PricesSchema),
};
