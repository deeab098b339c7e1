/** Creates what the changeable part of the configuration describes: the sites, and the verification of their users' tokens. */
import { isDeepStrictEqual } from 'node:util';
import type { Auth } from '../auth/auth.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { systemClock } from '../base/index.ts';
import type { Replies } from './compose-replies.ts';
import { composeModeration } from './compose-moderation.ts';
import type { Config } from './config.ts';
import type { Chain } from './config-provider.ts';
import type { ModerationConfig } from './config-moderation.ts';
import { identityKeyOf, type Identity } from './config-identity.ts';
import { DEFAULT_SITES } from '../gateway-options.ts';
import type { Site } from '../sites/sites.ts';

type ConfiguredSite = Omit<Site, 'provider' | 'moderation'> & {
  provider?: Chain | undefined;
  moderation?: ModerationConfig | undefined;
};

/** The sites of a configuration. @param replies the tools of every site, because a configuration file cannot contain tools, and the chains */
export function composeSites(config: Config, replies: Pick<Replies, 'of' | 'tools'>): Site[] {
  const { sites, whenUnwatched, whenInterrupted, reattach, retentionDays } = config;
  const ofAll = composeModeration(config.moderation, config, 'moderation');
  const configured: readonly ConfiguredSite[] =
    sites ?? DEFAULT_SITES.map(({ id, origins }) => ({ id, origins }));
  return configured.map(({ provider: chain, moderation, ...site }) => ({
    ...site,
    moderation: composeModeration(moderation, config, `site ${site.id}: moderation`) ?? ofAll,
    ...(chain === undefined ? {} : { provider: replies.of(chain) }),
    tools: replies.tools,
    whenUnwatched: site.whenUnwatched ?? whenUnwatched,
    whenInterrupted: site.whenInterrupted ?? whenInterrupted,
    reattach: site.reattach ?? reattach,
    retentionDays: site.retentionDays ?? retentionDays,
  }));
}

/** The verification of the tokens of each site's users. */
export interface UserAuths {
  /** The auth of a site; undefined when the site takes no identity tokens. */
  of(siteId: string): Auth | undefined;
  /** Uses the identities of another configuration from now on. Those that are the same keep what they have learnt, such as key sets. */
  update(config: Config): void;
}

/** Creates the auths of a configuration. A site's own `identity` replaces the global one. */
export function composeUserAuths(config: Config): UserAuths {
  let auths: { settings: Identity; auth: Auth }[] = [];
  let identityOf = readIdentities(config);
  const authFor = (settings: Identity): Auth => {
    const known = auths.find((one) => isDeepStrictEqual(one.settings, settings));
    const auth =
      known?.auth ?? createJwtAuth({ ...settings, key: identityKeyOf(settings), clock: systemClock });
    if (known === undefined) auths.push({ settings, auth });
    return auth;
  };
  return {
    of(siteId) {
      const settings = identityOf(siteId);
      return settings === undefined ? undefined : authFor(settings);
    },
    update(next) {
      identityOf = readIdentities(next);
      const used = [next.identity, ...(next.sites ?? []).map(({ identity }) => identity)];
      auths = auths.filter(({ settings }) => used.some((one) => isDeepStrictEqual(one, settings)));
    },
  };
}

function readIdentities({ identity, sites = [] }: Config): (siteId: string) => Identity | undefined {
  const own = new Map(sites.map((site) => [site.id, site.identity]));
  return (siteId) => own.get(siteId) ?? identity;
}
