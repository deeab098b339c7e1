/** The budgets are configured in a way that cannot work. The message names the site, what is wrong and what was expected. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly isForOperator = true;
}
