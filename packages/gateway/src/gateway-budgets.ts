/** The budgets of a gateway as its options set them, and the log of what holds. */
import type { Clock, Limits, Logger } from './base/index.ts';
import { createBudgets, type BudgetedSite, type Budgets, type BudgetsOptions } from './budgets/budgets.ts';
import { describeBudgets, type DescribedBudgets } from './budgets/describe-budgets.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { Site } from './sites/sites.ts';
import type { WebhookEmitter } from './webhooks/webhooks.ts';

/** The budgets, and how sites are checked before they get them. */
export interface GatewayBudgets {
  budgets: Budgets;
  /** What would hold for these sites. @throws {BudgetError} when the price of a model is needed and not known */
  describeBudgets: (sites: readonly Site[]) => DescribedBudgets[];
}

/** Creates the budgets of a gateway. */
export function createGatewayBudgets(
  { budgets: settings, prices, provider, store }: GatewayOptions,
  shared: { limits: Limits; clock: Clock; logger: Logger; webhooks: WebhookEmitter },
): GatewayBudgets {
  const options = { settings, prices, providerOf: (site: BudgetedSite) => site.provider ?? provider };
  return {
    budgets: createBudgets({
      ...options,
      ...shared,
      spending: store.spending,
      onReached: tellReached(shared),
    }),
    describeBudgets: (sites) => describeBudgets({ ...options, sites }),
  };
}

/** Of each budget of a day once; a gateway that has restarted tells again, under the same id. */
function tellReached({ webhooks }: { webhooks: WebhookEmitter }): BudgetsOptions['onReached'] {
  const told = new Map<string, number>();
  return (reached) => {
    const key = `${reached.budget} ${reached.siteId}`; // bounded by the sites
    if (told.get(key) === reached.renewsAtMs) return;
    told.set(key, reached.renewsAtMs);
    void webhooks.emit({ type: 'budget.reached', ...reached });
  };
}

/** Tells the operator what the worst day can cost. */
export function logBudgets(logger: Logger, all: readonly DescribedBudgets[]): void {
  for (const budgets of all) logger.info({ ...budgets }, 'the budgets of a site for each day, UTC');
}
