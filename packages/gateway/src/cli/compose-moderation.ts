/** Creates the moderators that the configuration describes. */
import { systemClock } from '../base/index.ts';
import { createOpenAiModerator } from '../moderation/openai-moderator.ts';
import type { Moderator } from '../moderation/moderator.ts';
import type { SiteModeration } from '../moderation/settings.ts';
import { createWordModerator } from '../moderation/words.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import type { EndpointConfig, ModerationConfig } from './config-moderation.ts';

const MISSING_KEY =
  'expected a key here, or in apiKeyFrom the name of an environment variable that is set; that of provider is used for OpenAI itself only';

/**
 * The moderation of a site; undefined when nothing is configured.
 * @param place where the settings are, for the error
 * @throws {ConfigError} when the endpoint needs an API key that is not set
 */
export function composeModeration(
  settings: ModerationConfig | undefined,
  { provider }: Pick<Config, 'provider'>,
  place: string,
): SiteModeration | undefined {
  if (settings === undefined || settings === 'off') return settings;
  const { words, openai = false, onFailure, shownText } = settings;
  const by: Moderator[] = words === undefined ? [] : [createWordModerator({ words })];
  if (openai !== false)
    by.push(endpointOf(openai === true ? {} : openai, provider, `${place}.openai.apiKey`));
  return { by, onFailure, shownText };
}

function endpointOf(endpoint: EndpointConfig, provider: Config['provider'], place: string): Moderator {
  const { apiKeyFrom: _variable, ...options } = endpoint;
  // The key goes to the host that it belongs to, and to no other.
  const isSameHost = endpoint.baseUrl === undefined && provider.baseUrl === undefined;
  const apiKey = endpoint.apiKey ?? (isSameHost ? provider.apiKey?.[0] : undefined);
  if (apiKey === undefined) throw new ConfigError([{ place, problem: MISSING_KEY }]);
  return createOpenAiModerator({ ...options, apiKey, proxy: provider.proxy, clock: systemClock });
}
