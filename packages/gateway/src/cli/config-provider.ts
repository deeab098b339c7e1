/** The part of the configuration that says which upstreams reply. */
import * as v from 'valibot';
import { httpUrl, text } from './config-values.ts';
import { apiKeyProblem, baseUrlProblem } from '../providers/base-url.ts';
import { RequestSettingsSchema } from '../providers/request-settings.ts';

const KEY_PROBLEM = 'expected one or more keys of visible ASCII characters, separated by commas or in a list';
const apiKeys = v.pipe(
  v.union([v.string(), v.array(v.string())], KEY_PROBLEM),
  v.transform((keys) => [keys].flat().flatMap((key) => key.split(',').map((one) => one.trim()))),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const [problem] = dataset.value.flatMap((key) => apiKeyProblem(key) ?? []);
    if (problem !== undefined) addIssue({ message: problem });
    else if (
      dataset.value.length === 0 ||
      !dataset.value.every((key) => /^[\x21-\x7e][\x20-\x7e]*$/.test(key))
    )
      addIssue({ message: KEY_PROBLEM });
  }),
);
/** Where an upstream is. */
export const baseUrl = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? baseUrlProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** The name of an environment variable. */
export const variableName = v.pipe(
  text,
  v.regex(/^[A-Za-z_]\w*$/, 'expected the name of an environment variable, such as BACKUP_API_KEY'),
);
const upstreamName = v.pipe(
  text,
  v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes and underscores'),
);
const requests = v.pipe(
  v.number('expected a number of requests'),
  v.integer('expected a whole number of requests'),
  v.minValue(1, 'expected at least 1'),
);

/** The APIs of upstreams. */
const APIS = ['chat-completions', 'responses'] as const;
type Api = (typeof APIS)[number];

/** How one upstream is called. */
const UPSTREAM = {
  /** One key or a list; in a text they are separated by commas. */
  apiKey: v.optional(apiKeys),
  /** The environment variable with the key or keys, so that the file holds no secret. */
  apiKeyFrom: v.optional(variableName),
  baseUrl: v.optional(baseUrl),
  /** Which of OpenAI's APIs it is called by. */
  api: v.optional(v.picklist(APIS, `expected ${APIS.join(' or ')}`), 'chat-completions'),
  /** Whether to request token counts; `omit` is for upstreams that refuse `stream_options`. */
  usage: v.optional(v.picklist(['include', 'omit'], 'expected include or omit'), 'include'),
  /** Whether reasoning between tags in an answer is separated from it. */
  thinkTags: v.optional(v.picklist(['auto', 'off'], 'expected auto or off'), 'auto'),
  /** How many requests it answers at once; others wait. Default: `limits.maxUpstreamRequests`. */
  maxRequests: v.optional(requests),
  /** The settings of the requests, for sites without their own. */
  request: v.optional(RequestSettingsSchema, {}),
};

/** The name of `provider` in the chains of sites. */
export const DEFAULT_UPSTREAM = 'default';

/** What replies, and what is asked when that fails. */
export const ProviderSchema = v.strictObject({
  ...UPSTREAM,
  /** `openai`: any upstream with one of OpenAI's APIs, see `api`. Default: `openai` when there is a key, else `demo`. */
  kind: v.optional(v.picklist(['openai', 'demo'], 'expected openai or demo')),
  model: v.optional(text, 'gpt-5-mini'),
  /** The HTTP proxies through which the upstreams are called. */
  proxy: v.optional(
    v.strictObject({
      http: v.optional(httpUrl),
      https: v.optional(httpUrl),
      except: v.optional(v.string('expected host names, separated by commas')),
    }),
    {},
  ),
  /** The names of the upstreams that are asked in this order when it fails, for sites without a chain of their own. */
  fallbacks: v.optional(v.array(upstreamName), []),
});

/** Further upstreams by name, for `provider.fallbacks` and for sites. */
export const ProvidersSchema = v.record(
  v.pipe(
    upstreamName,
    v.check(
      (name) => name !== DEFAULT_UPSTREAM,
      `expected another name than ${DEFAULT_UPSTREAM}, which is that of provider`,
    ),
  ),
  v.pipe(
    v.strictObject({ ...UPSTREAM, model: text }),
    v.forward(
      v.check(
        ({ apiKey }) => apiKey !== undefined,
        'expected a key here, or in apiKeyFrom the name of an environment variable that is set; if the upstream needs none, any text',
      ),
      ['apiKey'],
    ),
  ),
);

/** The upstreams that a site asks, by name: one, or several in the order in which they are asked. */
export const ChainSchema = v.union(
  [upstreamName, v.pipe(v.array(upstreamName), v.minLength(1, 'expected at least one name'))],
  'expected the name of an upstream, or a list of names',
);
/** The names of upstreams, in the order in which they are asked. */
export type Chain = v.InferOutput<typeof ChainSchema>;

interface ChainsConfig {
  provider: { fallbacks: readonly string[] };
  providers: Readonly<Record<string, unknown>>;
  sites?: readonly { provider?: Chain | undefined }[] | undefined;
}

/** The first name in a chain that names no upstream, with where it stands. */
export function unknownUpstream({ provider, providers, sites = [] }: ChainsConfig): string | undefined {
  const names = [DEFAULT_UPSTREAM, ...Object.keys(providers)];
  const chains = [provider.fallbacks, ...sites.map((site) => [site.provider ?? []].flat())];
  const unknown = chains.flat().find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : `expected an upstream named ${unknown} here, because a chain names it; there are: ${names.join(', ')}`;
}

interface ReattachConfig {
  provider: { api: Api; fallbacks: readonly string[] };
  providers: Readonly<Record<string, { api: Api }>>;
  reattach: boolean;
  sites?: readonly { id: string; provider?: Chain | undefined; reattach?: boolean | undefined }[] | undefined;
}

/** What is wrong with `reattach`: it says that answers go on, and no upstream that is asked can write in the background. */
export function problemOfReattach(config: ReattachConfig): string | undefined {
  const { provider, providers, reattach, sites = [] } = config;
  const canGoOn = (chain: readonly string[]) =>
    chain.some((name) => (name === DEFAULT_UPSTREAM ? provider : providers[name])?.api === 'responses');
  const ofAll = [DEFAULT_UPSTREAM, ...provider.fallbacks];
  const site = sites.find(
    (one) => one.reattach === true && !canGoOn(one.provider === undefined ? ofAll : [one.provider].flat()),
  );
  const needed =
    'expected an upstream with api: "responses", because the others do not write in the background';
  if (site !== undefined) return `${needed}; the site ${site.id} asks none`;
  return reattach && !canGoOn([DEFAULT_UPSTREAM, ...Object.keys(providers)]) ? needed : undefined;
}
