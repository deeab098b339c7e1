/** The settings of the budgets: their schema, their defaults, and how those of a site replace those of the gateway. Pure. */
import * as v from 'valibot';
import type { Amount } from '../stores/spending.ts';
import { PICOS } from './prices.ts';

/** More than can be counted exactly is no budget. */
const MAX_MONEY = 9_000;
/** A limit, or `off`. */
export type BudgetLimit = number | 'off';
const isTokens = (value: unknown): boolean =>
  value === 'off' || (Number.isSafeInteger(value) && Number(value) >= 1);
const isMoney = (value: unknown): boolean =>
  value === 'off' || (typeof value === 'number' && value > 0 && value <= MAX_MONEY);

const BudgetSchema = v.strictObject({
  /** Tokens of a day: what the model is given and what it writes. */
  tokensPerDay: v.optional(
    v.custom<BudgetLimit>(isTokens, 'expected a whole number of tokens, at least 1, or off'),
  ),
  /** Money of a day, in the unit of the prices. */
  moneyPerDay: v.optional(
    v.custom<BudgetLimit>(isMoney, `expected an amount of money above 0, at most ${MAX_MONEY}, or off`),
  ),
});

const OffSchema = v.literal('off', 'expected off, or budgets of visitor, user and site');
const AllBudgetsSchema = v.strictObject({
  /** Of each anonymous visitor. */
  visitor: v.optional(BudgetSchema),
  /** Of each signed-in user. What is absent is that of a visitor. */
  user: v.optional(BudgetSchema),
  /** Of all visitors and users of a site together. */
  site: v.optional(BudgetSchema),
});
/** The budgets of a gateway or of one of its sites, or `off`: none of them has a limit. */
export const BudgetsSchema = v.lazy((input) => (typeof input === 'object' ? AllBudgetsSchema : OffSchema));
/** What one visitor, one user, or a whole site may use in a day (UTC). What is absent is that of the gateway, or its default. */
export type BudgetSettings = v.InferOutput<typeof BudgetsSchema>;

/** The limits of a day. `Infinity`: there is none. */
export interface EffectiveBudgets {
  visitor: Amount;
  user: Amount;
  site: Amount;
}

/**
 * The defaults, in tokens. A visitor: some 100 questions in long conversations, far more than a person asks in a day. A site: 100 such
 * visitors, or about 1,000 of usual ones; with a small model a few dollars.
 */
export const DEFAULT_BUDGETS = {
  visitor: { tokensPerDay: 500_000 },
  site: { tokensPerDay: 50_000_000 },
} as const satisfies BudgetSettings;

type Budget = v.InferOutput<typeof BudgetSchema>;

/** The limits of a site. @param layers the settings of the site, then those of the gateway: the first that has a value counts */
export function effectiveBudgets(...layers: readonly (BudgetSettings | undefined)[]): EffectiveBudgets {
  const off = layers.indexOf('off');
  const given = (off < 0 ? [...layers, DEFAULT_BUDGETS] : layers.slice(0, off))
    .filter((layer) => layer !== 'off')
    .map((layer = {}): Partial<Record<keyof EffectiveBudgets, Budget | undefined>> => layer);
  const limitOf = (...kinds: readonly (keyof EffectiveBudgets)[]): Amount => {
    const budgets = kinds.flatMap((kind) => given.map((layer): Budget => layer[kind] ?? {}));
    return {
      tokens: limitIn(budgets.map(({ tokensPerDay }) => tokensPerDay)),
      costPico: limitIn(budgets.map(({ moneyPerDay }) => moneyPerDay)) * PICOS,
    };
  };
  return { visitor: limitOf('visitor'), user: limitOf('user', 'visitor'), site: limitOf('site') };
}

const limitIn = (values: readonly (BudgetLimit | undefined)[]): number => {
  const first = values.find((value) => value !== undefined);
  return first === undefined || first === 'off' ? Infinity : first;
};

/** Whether no limit of these ever holds. */
export const isUnlimited = ({ tokens, costPico }: Amount): boolean =>
  tokens === Infinity && costPico === Infinity;
