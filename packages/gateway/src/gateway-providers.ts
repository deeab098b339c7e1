/** The providers of a gateway as its options name them, under the rules for upstreams. */
import type { GatewayOptions } from './gateway-options.ts';
import { createUpstreamRules, type UpstreamRulesOptions } from './providers/upstreams/upstream-rules.ts';
import type { Providers } from './runs/tool-loop/site-provider.ts';

/** The provider of the gateway, and those of its sites, under the rules for upstreams. */
export function createProviders(
  { provider, limits }: GatewayOptions,
  common: UpstreamRulesOptions,
): Providers {
  const underRules = createUpstreamRules({ ...common, ownLimits: limits });
  return { provider: underRules(provider), underRules };
}
