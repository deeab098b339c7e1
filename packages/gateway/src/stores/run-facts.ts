/** What is kept of a run beside its answer, for those who pay for it: who answered, what it used and cost, and how long it took. */
import { FINISH_REASONS } from '@rivulet/protocol';
import * as v from 'valibot';

const CountSchema = v.pipe(v.number(), v.minValue(0));

/** What was asked of one upstream. */
const AskedUpstreamSchema = v.object({
  /** As logs and metrics name it: its host and model, and its own name in a chain. */
  name: v.string(),
  provider: v.string(),
  model: v.optional(v.string()),
  /** How many requests were sent to it. */
  requests: CountSchema,
  /** How many of them failed. */
  failed: CountSchema,
  /** Why the last one failed: an error code, and the HTTP status if there was one. */
  error: v.optional(v.string()),
  status: v.optional(v.number()),
});

/** The facts of a run, as they are stored: JSON. A newer gateway may have written more of them. */
export const RunFactsSchema = v.object({
  /** The request id of the run: what its log lines have. */
  ref: v.string(),
  reason: v.picklist(FINISH_REASONS),
  /** The code of the error that ended it. */
  error: v.optional(v.string()),
  /** Who wrote the answer; absent when nobody did, or it is not known. */
  upstream: v.optional(v.string()),
  provider: v.optional(v.string()),
  model: v.optional(v.string()),
  /** All upstreams that were asked, in the order of their first requests. */
  asked: v.array(AskedUpstreamSchema),
  /** How many gateways have worked on it, when it is more than one: those before the last have died. */
  attempts: v.optional(CountSchema),
  /** The tokens of all requests; absent when they are not known. */
  usage: v.optional(
    v.object({
      inputTokens: CountSchema,
      outputTokens: CountSchema,
      /** The part of the input that upstreams had cached, as far as they say so. */
      cachedInputTokens: v.optional(CountSchema),
      /** The part of the output that was reasoning, as far as they say so. */
      reasoningTokens: v.optional(CountSchema),
      /** Present when the gateway has estimated some of it, because an upstream had not counted. */
      isEstimated: v.optional(v.literal(true)),
    }),
  ),
  /** In trillionths of the unit of the prices, as budgets count. Absent when it is not known, such as for a model without a price. */
  costPico: v.optional(CountSchema),
  /** From the acceptance of the message until the run began, until its first content, and until its end. */
  queuedMs: v.optional(CountSchema),
  firstDeltaMs: v.optional(CountSchema),
  totalMs: v.optional(CountSchema),
  toolCalls: CountSchema,
});
/** The facts of a run that has ended. */
export type RunFacts = v.InferOutput<typeof RunFactsSchema>;
/** What was asked of one upstream. */
export type AskedUpstream = RunFacts['asked'][number];

/** What the end of a run adds to the totals of its conversation. @param facts undefined: they are not known, and nothing is added */
export function addedByRun(facts: RunFacts | undefined): { costPico: number | null; unpriced: 0 | 1 } {
  return {
    costPico: facts?.costPico ?? null,
    unpriced: facts !== undefined && facts.costPico === undefined ? 1 : 0,
  };
}

/** Reads stored facts; undefined when they are damaged. @param json as it is stored */
export function readRunFacts(json: string): RunFacts | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), RunFactsSchema), json);
  return result.success ? result.output : undefined;
}
