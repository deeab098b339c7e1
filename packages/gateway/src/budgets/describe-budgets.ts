/** Checks the budgets of the sites and describes what holds, for the log at the start and for checks of a configuration. Pure. */
import { effectiveBudgets } from './budget-settings.ts';
import { BudgetError } from './budget-error.ts';
import type { BudgetedSite, BudgetsOptions } from './budgets.ts';
import { PRICES_DATE } from './known-prices.ts';
import { createPriceList, PICOS, type Price } from './prices.ts';

/** What each visitor, each signed-in user and all of a site together may use in a day. */
export interface DescribedBudget {
  tokensPerDay: number | 'off';
  /** In the unit of the prices. */
  moneyPerDay: number | 'off';
}

/** The budgets that hold for a site. */
export interface DescribedBudgets {
  siteId: string;
  visitor: DescribedBudget;
  user: DescribedBudget;
  site: DescribedBudget;
  /** The prices of its models, as far as they are known. */
  prices: Readonly<Record<string, Price>>;
  /** When the known prices were looked up; absent when all prices are configured, or none is known. */
  pricesDate?: string;
}

/** What is described. */
export interface DescribedBudgetSettings extends Pick<BudgetsOptions, 'settings' | 'prices' | 'providerOf'> {
  sites: readonly BudgetedSite[];
}

/**
 * The budgets that hold for each site.
 * @throws {BudgetError} for a site with a budget of money whose model has no price
 */
export function describeBudgets({ sites, ...options }: DescribedBudgetSettings): DescribedBudgets[] {
  const priceOf = createPriceList(options.prices);
  return sites.map((site) => {
    const budgets = effectiveBudgets(site.budgets, options.settings);
    const models = modelsOf(options, site);
    const prices = Object.fromEntries(
      models.flatMap((model) => {
        const price = priceOf(model);
        return price === undefined ? [] : [[model, price]];
      }),
    );
    const hasMoney = Object.values(budgets).some(({ costPico }) => costPico !== Infinity);
    if (hasMoney) checkPrices(site, models, prices);
    const isKnown = Object.keys(prices).some((model) => options.prices?.[model] === undefined);
    return {
      siteId: site.id,
      visitor: describe(budgets.visitor),
      user: describe(budgets.user),
      site: describe(budgets.site),
      prices,
      ...(isKnown ? { pricesDate: PRICES_DATE } : {}),
    };
  });
}

function modelsOf({ providerOf }: Pick<BudgetsOptions, 'providerOf'>, site: BudgetedSite): readonly string[] {
  const models = providerOf(site).modelsOf?.(site) ?? [];
  return models.length > 0 || site.model === undefined ? models : [site.model];
}

/** @throws {BudgetError} */
function checkPrices({ id }: BudgetedSite, models: readonly string[], prices: object): void {
  const site = `The site ${id} has a budget of money`;
  if (models.length === 0)
    throw new BudgetError(
      `${site}, and its provider does not say which model it asks: set the model of the site and its price, or use tokensPerDay.`,
    );
  const unknown = models.find((model) => !(model in prices));
  if (unknown === undefined) return;
  const name = JSON.stringify(unknown);
  throw new BudgetError(
    `${site}, and the price of its model ${name} is not known: set prices[${name}], or use tokensPerDay.`,
  );
}

const describe = ({ tokens, costPico }: { tokens: number; costPico: number }): DescribedBudget => ({
  tokensPerDay: tokens === Infinity ? 'off' : tokens,
  moneyPerDay: costPico === Infinity ? 'off' : costPico / PICOS,
});
