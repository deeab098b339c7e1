import { describe, expect, it } from 'vitest';
import { createScriptProvider } from '../testing/script-provider.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { DEFAULT_BUDGETS } from './budget-settings.ts';
import { BudgetError } from './budget-error.ts';
import { describeBudgets, type DescribedBudgetSettings } from './describe-budgets.ts';
import { KNOWN_PRICES, PRICES_DATE } from './known-prices.ts';

const provider = (...models: string[]) => ({
  ...createScriptProvider(),
  modelsOf: ({ model }: { model?: string | undefined }) => (model === undefined ? models : [model]),
});
const described = (settings: Partial<DescribedBudgetSettings>, ...models: string[]) =>
  describeBudgets({
    ...{ settings: undefined, prices: undefined, sites: [{ id: 'demo' }] },
    providerOf: () => provider(...models),
    ...settings,
  });
const MONEY = { site: { moneyPerDay: 5 } };

describe('the description of the budgets', () => {
  it('has what each visitor, user and site may use by default, and the prices with their date', () => {
    const ofVisitor = { tokensPerDay: DEFAULT_BUDGETS.visitor.tokensPerDay, moneyPerDay: 'off' };
    expect(described({}, 'gpt-5-mini', 'mine')).toEqual([
      {
        ...{ siteId: 'demo', visitor: ofVisitor, user: ofVisitor },
        site: { tokensPerDay: DEFAULT_BUDGETS.site.tokensPerDay, moneyPerDay: 'off' },
        ...{ prices: { 'gpt-5-mini': KNOWN_PRICES['gpt-5-mini'] }, pricesDate: PRICES_DATE },
      },
    ]);
  });

  it('has the own budgets and models of a site', () => {
    const own = { id: 'own', model: 'mine', budgets: MONEY };
    const prices = { mine: { input: 1, output: 2 } };
    const [, site] = described({ sites: [{ id: 'demo' }, own], prices }, 'gpt-5-mini');
    expect(site).toMatchObject({ siteId: 'own', site: { moneyPerDay: 5 }, prices });
    expect(site).not.toHaveProperty('pricesDate');
  });

  it('refuses a budget of money for a model without a price, and names the site and the model', () => {
    expect(() => described({ settings: MONEY }, 'gpt-5-mini', 'mine')).toThrow(
      new BudgetError(
        'The site demo has a budget of money, and the price of its model "mine" is not known: set prices["mine"], or use tokensPerDay.',
      ),
    );
    expect(() => described({ settings: MONEY })).toThrow('does not say which model it asks');
  });

  it('refuses it when the sites of a running gateway are replaced, which keeps those it has', async () => {
    const started = await startGateway({ provider: provider('mine') });
    const origins = ['self'];
    const replace = () => {
      started.gateway.updateSites([{ id: 'new', origins, budgets: MONEY }]);
    };
    expect(replace).toThrow('its model "mine" is not known');
    await started.stop();
  });

  it('refuses it when a gateway starts', async () => {
    const starting = startGateway({ provider: provider('mine'), budgets: MONEY });
    await expect(starting).rejects.toThrow('its model "mine" is not known');
  });
});
