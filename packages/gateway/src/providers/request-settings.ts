/** The settings of a request to a model: their schema, and how those of a site replace those of the provider. */
import * as v from 'valibot';
import { record } from './json-fields.ts';

const number = (problem: string, min: number, max: number) =>
  v.pipe(v.number(problem), v.minValue(min, problem), v.maxValue(max, problem));
const TOKENS_PROBLEM = 'expected a whole number of tokens, at least 1';
const tokens = v.pipe(
  v.number(TOKENS_PROBLEM),
  v.integer(TOKENS_PROBLEM),
  v.minValue(1, TOKENS_PROBLEM),
  v.maxValue(10_000_000, 'expected at most 10000000 tokens'),
);

/** The gateway sets these itself: with others, it could not read the answer, or could not tell what the model was asked. */
const OWN_FIELDS = [
  ...['model', 'messages', 'stream', 'stream_options', 'tools', 'tool_choice', 'n'],
  // Of the responses API. With a conversation at the upstream, it would get every message twice.
  ...['input', 'instructions', 'previous_response_id', 'conversation', 'background'],
];
/** How much of its reasoning a model sums up. */
const SUMMARIES = ['auto', 'concise', 'detailed'] as const;
/** The HTTP client sets these itself. */
const OWN_HEADERS = [
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fields = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isObject, 'expected a JSON object of fields for the body'),
  v.check(
    (body) => Object.keys(body).every((name) => !OWN_FIELDS.includes(name)),
    `these fields are set by the gateway and cannot be replaced: ${OWN_FIELDS.join(', ')}`,
  ),
);
const TOOLS_PROBLEM = 'expected a list of JSON objects with a type, such as {"type":"web_search"}';
const isTool = (value: unknown): boolean => isObject(value) && typeof value.type === 'string';
const builtInTools = v.pipe(
  v.custom<readonly Readonly<Record<string, unknown>>[]>(
    (value) => Array.isArray(value) && value.every(isTool),
    TOOLS_PROBLEM,
  ),
  v.check(
    (tools) => tools.every(({ type }) => type !== 'function' && type !== 'custom'),
    'functions are tools of the gateway, which it performs itself: expected tools of the upstream',
  ),
);
const isHeader = ([name, value]: [string, unknown]): boolean =>
  /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
const headers = v.pipe(
  v.custom<Readonly<Record<string, string>>>(isObject, 'expected a JSON object of headers'),
  v.check(
    (given) => Object.entries(given).every(isHeader),
    'expected names of headers with values that are text of one line in ASCII',
  ),
  v.check(
    (given) => Object.keys(given).every((name) => !OWN_HEADERS.includes(name.toLowerCase())),
    `these headers are set by the HTTP client and cannot be replaced: ${OWN_HEADERS.join(', ')}`,
  ),
);

/** Who speaks the system prompt. `user`: it is put before the first question, for models whose template knows no system message. */
export const SYSTEM_ROLES = ['system', 'developer', 'user'] as const;

/**
 * The settings of a request to a model. What is absent is not sent, so that the default of the upstream holds. The names that are
 * sent are those of OpenAI's chat completions; the responses API has others, see `responsesFieldsOf`.
 */
export const RequestSettingsSchema = v.pipe(
  v.strictObject({
    /** `temperature`, 0 to 2. */
    temperature: v.optional(number('expected a number, 0 to 2', 0, 2)),
    /** `top_p`, 0 to 1. */
    topP: v.optional(number('expected a number, 0 to 1', 0, 1)),
    /** `max_tokens`: the longest answer, for most upstreams. */
    maxTokens: v.optional(tokens),
    /** `max_completion_tokens`: the longest answer with its reasoning, for OpenAI's reasoning models, which refuse `max_tokens`. */
    maxCompletionTokens: v.optional(tokens),
    /** `reasoning_effort`, such as `low`. Each upstream and model has its own values. */
    reasoningEffort: v.optional(
      v.pipe(
        v.string('expected a word such as low'),
        v.regex(/^[a-z][a-z0-9_-]{0,31}$/, 'expected a word such as minimal, low, medium or high'),
      ),
    ),
    /** `reasoning.summary` of the responses API, which shows no reasoning without it. Not sent to chat completions. */
    reasoningSummary: v.optional(v.picklist(SUMMARIES, `expected one of ${SUMMARIES.join(', ')}`)),
    /** Tools that the upstream performs itself, such as `{ "type": "web_search" }`. Of the responses API alone. Default: none. */
    builtInTools: v.optional(builtInTools),
    /** Who speaks the system prompt. Default: `system`. */
    systemRole: v.optional(v.picklist(SYSTEM_ROLES, `expected one of ${SYSTEM_ROLES.join(', ')}`)),
    /** The context window of the model. It is not sent. Default: that of its family, if it is known. */
    contextWindowTokens: v.optional(tokens),
    /** Further fields of the body, sent as they are. They replace a setting that is sent under the same name. */
    extraBody: v.optional(fields),
    /** Further headers. Their values are kept as secret as a key. */
    extraHeaders: v.optional(headers),
  }),
  v.check(
    ({ maxTokens, maxCompletionTokens }) => maxTokens === undefined || maxCompletionTokens === undefined,
    'expected one of maxTokens and maxCompletionTokens, because upstreams refuse requests with both',
  ),
);
/** The settings of a request to a model. */
export type RequestSettings = v.InferOutput<typeof RequestSettingsSchema>;

/** The settings of the provider, with those of a site in their place. Fields and headers are replaced one by one. */
export function mergeRequestSettings(base: RequestSettings, own: RequestSettings = {}): RequestSettings {
  const hasOwnLength = own.maxTokens !== undefined || own.maxCompletionTokens !== undefined;
  const { maxTokens, maxCompletionTokens, ...rest } = base;
  return {
    ...rest,
    ...(hasOwnLength ? {} : { maxTokens, maxCompletionTokens }),
    ...withoutUndefined(own),
    extraBody: { ...base.extraBody, ...own.extraBody },
    extraHeaders: { ...lowerCased(base.extraHeaders), ...lowerCased(own.extraHeaders) },
  };
}

/** The fields of a chat completion's body that the settings stand for. */
export function bodyFieldsOf(settings: RequestSettings): Record<string, unknown> {
  const { temperature, topP, maxTokens, maxCompletionTokens, reasoningEffort, extraBody } = settings;
  const named = {
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    max_completion_tokens: maxCompletionTokens,
    reasoning_effort: reasoningEffort,
  };
  return { ...withoutUndefined(named), ...extraBody };
}

/** The fields of the body that the settings stand for in the responses API, which has one name for the longest answer. */
export function responsesFieldsOf(settings: RequestSettings): Record<string, unknown> {
  const { temperature, topP, maxTokens, maxCompletionTokens, extraBody } = settings;
  const reasoning = withoutUndefined({
    effort: settings.reasoningEffort,
    summary: settings.reasoningSummary,
  });
  const named = {
    temperature,
    top_p: topP,
    max_output_tokens: maxCompletionTokens ?? maxTokens,
    reasoning: Object.keys(reasoning).length === 0 ? undefined : reasoning,
  };
  return { ...withoutUndefined(named), ...extraBody };
}

const SECRET_HEADER = /key|token|secret|auth|cookie|password|credential/i;

/**
 * The values of the further headers, and of the tools of the upstream and their headers, that are secret by their names: as they are,
 * and without the scheme before them.
 */
export function secretHeadersOf({ extraHeaders = {}, builtInTools = [] }: RequestSettings = {}): string[] {
  return [extraHeaders, ...builtInTools, ...builtInTools.map(({ headers: own }) => record(own))]
    .flatMap((given) => Object.entries(given))
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => (typeof value === 'string' ? [value, value.replace(/^\w+ /, '')] : []));
}

const withoutUndefined = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Two spellings of one header would be sent as two values. */
const lowerCased = (given: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
