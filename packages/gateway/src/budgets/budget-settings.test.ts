import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { BudgetsSchema, DEFAULT_BUDGETS, effectiveBudgets, isUnlimited } from './budget-settings.ts';
import { PICOS } from './prices.ts';

const NONE = { tokens: Infinity, costPico: Infinity };

describe('the settings of the budgets', () => {
  it('have a limit of tokens for each visitor, user and site when nothing is set, and none of money', () => {
    const ofVisitor = { tokens: DEFAULT_BUDGETS.visitor.tokensPerDay, costPico: Infinity };
    const site = { tokens: DEFAULT_BUDGETS.site.tokensPerDay, costPico: Infinity };
    expect(effectiveBudgets(undefined, {})).toEqual({ visitor: ofVisitor, user: ofVisitor, site });
  });

  it('of a site replace those of the gateway one by one', () => {
    const gateway = { visitor: { tokensPerDay: 10, moneyPerDay: 1 }, site: { moneyPerDay: 2 } };
    const { visitor, site } = effectiveBudgets({ visitor: { tokensPerDay: 5 } }, gateway);
    expect(visitor).toEqual({ tokens: 5, costPico: 1 * PICOS });
    expect(site).toEqual({ tokens: DEFAULT_BUDGETS.site.tokensPerDay, costPico: 2 * PICOS });
  });

  it('of a user are those of a visitor where they are not set', () => {
    const gateway = { visitor: { tokensPerDay: 10 }, user: { moneyPerDay: 1 } };
    expect(effectiveBudgets({ visitor: { tokensPerDay: 5 } }, gateway).user).toEqual({
      ...{ tokens: 5, costPico: PICOS },
    });
    const unlimited = { user: { tokensPerDay: 'off' as const } };
    expect(isUnlimited(effectiveBudgets(undefined, unlimited).user)).toBe(true);
  });

  it('that are off have no limits, but a site may set its own again', () => {
    expect(effectiveBudgets(undefined, 'off')).toEqual({ visitor: NONE, user: NONE, site: NONE });
    expect(effectiveBudgets('off', { site: { tokensPerDay: 1 } }).site).toEqual(NONE);
    expect(effectiveBudgets({ site: { tokensPerDay: 7 } }, 'off').site.tokens).toBe(7);
  });

  it.each([
    ['on', 'expected off'],
    [{ visitor: { tokensPerDay: 0 } }, 'whole number of tokens'],
    [{ visitor: { tokensPerDay: 1.5 } }, 'whole number of tokens'],
    [{ site: { moneyPerDay: -1 } }, 'above 0'],
    [{ site: { moneyPerDay: 1e9 } }, 'above 0'],
    [{ site: { moneyPerDay: Infinity } }, 'above 0'],
  ])('%j is refused with what was expected', (budgets, problem) => {
    const result = v.safeParse(BudgetsSchema, budgets);
    expect(result.issues?.map(({ message }) => message).join()).toContain(problem);
  });
});
