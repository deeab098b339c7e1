/** Which provider writes the replies of a site. */
import type { Provider } from '../../providers/provider.ts';
import type { Site } from '../../sites/sites.ts';

/** The providers of a gateway. */
export interface Providers {
  /** For sites without their own. It is under the rules for upstreams, in each round by itself. */
  provider: Provider;
  /** Puts the provider of a site under the same rules. Always the same one for the same provider. */
  underRules: (provider: Provider) => Provider;
}

/** The provider of a site, under the rules for upstreams. */
export function providerOf({ provider, underRules }: Providers, site: Pick<Site, 'provider'>): Provider {
  return site.provider === undefined ? provider : underRules(site.provider);
}
