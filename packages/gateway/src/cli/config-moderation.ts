/** The part of the configuration that says who decides which text may be shown. */
import * as v from 'valibot';
import { MODERATION_POLICIES } from '../moderation/settings.ts';
import { WordListSchema } from '../moderation/word-list.ts';
import { apiKeyProblem } from '../providers/base-url.ts';
import { baseUrl, variableName } from './config-provider.ts';
import { text, yesOrNo } from './config-values.ts';

const KEY_PROBLEM = 'expected a key of visible ASCII characters';
const apiKey = v.pipe(
  v.string(KEY_PROBLEM),
  v.regex(/^[\x21-\x7e]+$/, KEY_PROBLEM),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? apiKeyProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

const bounded = (unit: string, minimum: number, maximum: number) => {
  const problem = `expected whole ${unit}, ${minimum} to ${maximum}`;
  return v.pipe(
    v.number(problem),
    v.integer(problem),
    v.minValue(minimum, problem),
    v.maxValue(maximum, problem),
  );
};

/** The moderation endpoint of OpenAI, or a service with the same one. */
const EndpointSchema = v.strictObject({
  /** Default: the key of `provider`, when that is OpenAI itself and so is the endpoint. */
  apiKey: v.optional(apiKey),
  /** The environment variable with the key, so that the file holds no secret. */
  apiKeyFrom: v.optional(variableName),
  baseUrl: v.optional(baseUrl),
  model: v.optional(text),
  /** How much of an answer is held back until it is checked. */
  window: v.optional(
    v.strictObject({
      maxChars: v.optional(bounded('characters', 20, 10_000)),
      maxMs: v.optional(bounded('milliseconds', 50, 10_000)),
    }),
  ),
  /** A check that takes longer, with its retries, has failed. */
  timeoutMs: v.optional(bounded('milliseconds', 100, 25_000)),
});

const OFF_PROBLEM = 'expected off, or moderation with words, openai or both';
const OffSchema = v.literal('off', OFF_PROBLEM);
const EndpointOrNotSchema = v.lazy((input) => (typeof input === 'object' ? EndpointSchema : yesOrNo));
const ModeratorsSchema = v.pipe(
  v.strictObject({
    /** Words and phrases that nobody may write. */
    words: v.optional(WordListSchema),
    /** `true`: OpenAI's endpoint with the defaults. */
    openai: v.optional(EndpointOrNotSchema),
    ...MODERATION_POLICIES,
  }),
  v.check(({ words, openai = false }) => words !== undefined || openai !== false, OFF_PROBLEM),
);

/** The moderation of all sites, or of one. */
export const ModerationConfigSchema = v.lazy((input) =>
  typeof input === 'object' ? ModeratorsSchema : OffSchema,
);
/** The moderation as the configuration says it. */
export type ModerationConfig = v.InferOutput<typeof OffSchema> | v.InferOutput<typeof ModeratorsSchema>;
/** How the endpoint is called. */
export type EndpointConfig = v.InferOutput<typeof EndpointSchema>;
