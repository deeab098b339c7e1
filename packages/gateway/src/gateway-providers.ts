/** The providers of a gateway as its options name them, under the rules for upstreams. */
import type { GatewayOptions } from './gateway-options.ts';
import { createUpstreamRules, type UpstreamRulesOptions } from './providers/upstreams/upstream-rules.ts';
import type { Providers } from './runs/tool-loop/site-provider.ts';
import type { WebhookEmitter } from './webhooks/webhooks.ts';

/** The provider of the gateway, and those of its sites, under the rules for upstreams. */
export function createProviders(
  { provider, limits }: GatewayOptions,
  common: UpstreamRulesOptions & { webhooks: WebhookEmitter },
): Providers {
  const underRules = createUpstreamRules({
    ...common,
    ownLimits: limits,
    onFailing: (failing) => void common.webhooks.emit({ type: 'upstream.failing', ...failing }),
  });
  return { provider: underRules(provider), underRules };
}
