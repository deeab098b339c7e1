import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createLearnedBudgets } from './learned-budgets.ts';

const scope = { conversationId: 'c_1', siteId: 'shop', model: undefined };

describe('a budget that was learned from a refusal', () => {
  it('is what was accepted, or half of what was refused when that is more', () => {
    const budgets = createLearnedBudgets({ clock: createFakeClock() });
    budgets.remember(scope, { refusedTokens: 1_000, acceptedTokens: 20 });
    expect(budgets.of(scope)).toBe(500);
    budgets.remember(scope, { refusedTokens: 1_000, acceptedTokens: 700 });
    expect(budgets.of(scope)).toBe(700);
  });

  it('holds for this conversation and model, for an hour', () => {
    const clock = createFakeClock();
    const budgets = createLearnedBudgets({ clock });
    budgets.remember(scope, { refusedTokens: 8, acceptedTokens: 4 });
    expect(budgets.of({ ...scope, model: 'other' })).toBeUndefined();
    expect(budgets.of({ ...scope, conversationId: 'c_2' })).toBeUndefined();
    clock.advance(60 * 60_000);
    expect(budgets.of(scope)).toBeUndefined();
  });
});
