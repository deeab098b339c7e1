/** What one run has used so far, and how it is counted when its gateway dies. Pure. */
import type { Part, Usage } from '@rivulet/protocol';
import * as v from 'valibot';
import { estimateAnswerTokens } from '../prompt/index.ts';
import type { ProviderUsage } from '../providers/usage.ts';
import type { Amount } from '../stores/spending.ts';
import { costPicoOf, PriceSchema, type Price } from './prices.ts';

/** Tokens of each direction and what they cost. */
export interface Charge {
  usage: Usage;
  costPico: number;
  /** The parts of the input that upstreams had cached, and of the output that were reasoning. Absent: none that they have told of. */
  cachedInputTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  /** Present when some of the tokens are estimated, because an upstream had not counted them. */
  isEstimated?: true | undefined;
  /** Present when the price of some of the tokens is not known: `costPico` is what the others cost. */
  isUnpriced?: true | undefined;
}

/** A call of an upstream that has not ended. */
export interface OpenCall {
  /** The estimate for what the model was given. */
  inputTokens: number;
  /** The index of the first part of the answer that the call has written. */
  at: number;
  /** Of the model that was called; undefined when it is not known. */
  price: Price | undefined;
}

const CountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const NoteSchema = v.object({
  charge: v.object({
    usage: v.object({ inputTokens: CountSchema, outputTokens: CountSchema }),
    costPico: CountSchema,
    cachedInputTokens: v.optional(CountSchema),
    reasoningTokens: v.optional(CountSchema),
    isEstimated: v.optional(v.literal(true)),
    isUnpriced: v.optional(v.literal(true)),
  }),
  model: v.optional(v.string()),
  open: v.optional(v.object({ inputTokens: CountSchema, at: CountSchema, price: v.optional(PriceSchema) })),
});
/** What is kept with the reservation of a run, so that the recovery can count it: the calls that ended, and the one that has not. */
export interface ChargeNote {
  charge: Charge;
  open?: OpenCall | undefined;
  /** The model that was called last. */
  model?: string | undefined;
}

/** Nothing was used. */
export const NO_CHARGE: Charge = { usage: { inputTokens: 0, outputTokens: 0 }, costPico: 0 };

/** The charge of one call. */
export const chargeOf = (price: Price | undefined, usage: ProviderUsage): Charge => ({
  usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
  costPico: costPicoOf(price, usage),
  cachedInputTokens: usage.cachedInputTokens,
  reasoningTokens: usage.reasoningTokens,
  isUnpriced: price === undefined ? true : undefined,
});

/** The charge of a call for which the upstream has counted nothing. @param parts those of the whole answer */
export function estimatedCharge({ inputTokens, at, price }: OpenCall, parts: readonly Part[]): Charge {
  const usage = { inputTokens, outputTokens: estimateAnswerTokens(parts.slice(at)) };
  return { ...chargeOf(price, usage), isEstimated: true };
}

/** Both charges together. */
export const addCharges = (one: Charge, other: Charge): Charge => ({
  usage: {
    inputTokens: one.usage.inputTokens + other.usage.inputTokens,
    outputTokens: one.usage.outputTokens + other.usage.outputTokens,
  },
  costPico: one.costPico + other.costPico,
  cachedInputTokens: sumOf(one.cachedInputTokens, other.cachedInputTokens),
  reasoningTokens: sumOf(one.reasoningTokens, other.reasoningTokens),
  isEstimated: one.isEstimated ?? other.isEstimated,
  isUnpriced: one.isUnpriced ?? other.isUnpriced,
});

const sumOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : one + (other ?? 0);

/** The charge as it counts for budgets. */
export const amountOf = ({ usage, costPico }: Charge): Amount => ({
  tokens: usage.inputTokens + usage.outputTokens,
  costPico,
});

/** What the calls of a run have used that had ended. @param note as for `chargeOfDeadRun` */
export function endedChargeOf(note: unknown): Charge {
  const result = v.safeParse(NoteSchema, note);
  return result.success ? result.output.charge : NO_CHARGE;
}

/** The model that a run had called last whose gateway has died; undefined when it is not known. @param note as for `chargeOfDeadRun` */
export function modelOfDeadRun(note: unknown): string | undefined {
  const result = v.safeParse(NoteSchema, note);
  return result.success ? result.output.model : undefined;
}

/**
 * What a run has used whose gateway has died.
 * @param note as kept with its reservation; without one, its model was not called
 * @param parts the answer as far as it was saved
 */
export function chargeOfDeadRun(note: unknown, parts: readonly Part[]): Charge {
  const result = v.safeParse(NoteSchema, note);
  if (!result.success) return NO_CHARGE;
  const { charge, open } = result.output as ChargeNote; // the schema has optional fields where the type has undefined
  return open === undefined ? charge : addCharges(charge, estimatedCharge(open, parts));
}
