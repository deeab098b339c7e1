/** The part of the configuration that describes the sites, each with what is its own. */
import * as v from 'valibot';
import { IdentitySchema } from './config-identity.ts';
import { SITE_SETTINGS } from '../sites/site-settings.ts';

const SiteSchema = v.strictObject({
  ...SITE_SETTINGS,
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
