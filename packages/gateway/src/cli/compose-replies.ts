/** Creates what replies: the upstreams of the configuration, alone or in chains, or the demo. */
import { type Logger, randomBytes, systemClock } from '../base/index.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { DEFAULT_UPSTREAM, type Chain } from './config-provider.ts';
import { createFallbackProvider } from '../providers/fallback.ts';
import { OPENAI_BASE_URL, type OpenAiUpstreamOptions } from '../providers/openai-options.ts';
import { createOpenAiResponsesProvider } from '../providers/openai-responses.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import type { Provider } from '../providers/provider.ts';
import { proxyFor, type UpstreamProxy } from '../providers/upstream-proxy.ts';
import type { Tool } from '../tools/tool.ts';

/** What replies. */
export interface Replies {
  /** For sites without a chain of their own: `provider` with its fallbacks. */
  provider: Provider;
  /** The provider of a chain. Always the same one for the same names. @throws {ConfigError} for a name that was not there at the start */
  of(chain: Chain): Provider;
  /** The tools of the demo; empty for a real model, because a configuration file cannot contain tools. */
  tools: Tool[];
}

/** Creates what replies. Nothing is called yet. @throws {ConfigError} when it needs an API key that is not set */
export async function composeReplies(config: Config, logger: Logger): Promise<Replies> {
  const { provider: settings, providers } = config;
  const { first, tools } = await composeFirst(settings, logger);
  const byName = new Map([[DEFAULT_UPSTREAM, first]]);
  for (const [name, own] of Object.entries(providers))
    byName.set(name, composeUpstream({ ...own, name, proxy: settings.proxy }, logger));
  const chains = new Map<string, Provider>();
  const of = (chain: Chain): Provider => {
    const names = [chain].flat();
    const key = names.join(' ');
    const known = chains.get(key);
    if (known !== undefined) return known;
    const upstreams = names.map((name) => {
      const upstream = byName.get(name);
      // The schema has checked that the file has it; after a reload it may not have been there at the start.
      if (upstream === undefined)
        throw new ConfigError([
          { place: 'providers', problem: `The upstream ${name} is new: restart the gateway` },
        ]);
      return upstream;
    });
    const [only] = upstreams;
    const created = only !== undefined && upstreams.length === 1 ? only : createFallbackProvider(upstreams);
    chains.set(key, created);
    return created;
  };
  return { provider: of([DEFAULT_UPSTREAM, ...settings.fallbacks]), of, tools };
}

const MISSING_KEY =
  'expected a key, because provider.kind is openai; if the upstream needs none, set it to any text';

async function composeFirst(
  settings: Config['provider'],
  logger: Logger,
): Promise<{ first: Provider; tools: Tool[] }> {
  const { apiKey, baseUrl } = settings;
  const kind = settings.kind ?? (apiKey === undefined ? 'demo' : 'openai');
  if (kind === 'openai') {
    if (apiKey === undefined) throw new ConfigError([{ place: 'OPENAI_API_KEY', problem: MISSING_KEY }]);
    return { first: composeUpstream(settings, logger), tools: [] };
  }
  if (baseUrl !== undefined) {
    logger.warn(
      {},
      'OPENAI_BASE_URL is ignored and the demo replies, because OPENAI_API_KEY is not set; if the upstream needs no key, set it to any text',
    );
  }
  // The demo is not part of the library: it is loaded only when it is used.
  const { createDemo } = await import('../../demo/index.ts');
  const { provider: first, tools } = await createDemo({ clock: systemClock, random: randomBytes });
  return { first, tools };
}

interface Upstream extends Omit<Config['provider'], 'kind' | 'fallbacks'> {
  name?: string;
}

function composeUpstream({ name, apiKey = [], baseUrl, ...rest }: Upstream, logger: Logger): Provider {
  const { api, model, usage, thinkTags, request, proxy, maxRequests } = rest;
  const facts = name === undefined ? {} : { upstream: name };
  logProxy(logger, baseUrl ?? OPENAI_BASE_URL, proxy);
  const options: OpenAiUpstreamOptions = {
    ...{ name, apiKey, model, thinkTags, request, proxy, maxRequests },
    ...(baseUrl === undefined ? {} : { baseUrl }),
    onKeyRefused(refused) {
      logger.warn(
        { ...facts, ...refused },
        'the upstream refused one of its API keys; the others are used meanwhile',
      );
    },
    onSystemRoleRefused(refused) {
      logger.warn(
        { ...facts, ...refused },
        'the model refused the role of the system prompt; the request is repeated in another role, which RIVULET_SYSTEM_ROLE sets for good',
      );
    },
  };
  return api === 'responses'
    ? createOpenAiResponsesProvider(options)
    : createOpenAiProvider({ ...options, usage });
}

/** The host alone: the URL of a proxy may hold a password. */
function logProxy(logger: Logger, baseUrl: string, proxy: UpstreamProxy): void {
  const used = proxyFor(baseUrl, proxy);
  if (used !== undefined)
    logger.info(
      { proxy: used.host, upstream: new URL(baseUrl).host },
      'the upstream is called through a proxy; NO_PROXY names hosts that are called directly',
    );
}
