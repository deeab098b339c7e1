/** The part of the configuration that describes the sites, each with what is its own. */
import * as v from 'valibot';
import { IdentitySchema } from './config-identity.ts';
import { ModerationConfigSchema } from './config-moderation.ts';
import { ChainSchema } from './config-provider.ts';
import { SITE_SETTINGS } from '../sites/site-settings.ts';

const SiteSchema = v.strictObject({
  ...SITE_SETTINGS,
  /** The upstreams that reply on this site, in place of `provider` and its fallbacks. */
  provider: v.optional(ChainSchema),
  /** Replaces the global `moderation` for this site. */
  moderation: v.optional(ModerationConfigSchema),
  /** Replaces the global `identity` for this site. */
  identity: v.optional(IdentitySchema),
});
/** The sites, which have different ids. */
export const SitesSchema = v.pipe(
  v.array(SiteSchema),
  v.minLength(1, 'expected at least one site'),
  v.check(
    (sites) => new Set(sites.map(({ id }) => id)).size === sites.length,
    'expected an id of its own for each site',
  ),
);
