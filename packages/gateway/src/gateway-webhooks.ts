/** The webhooks and the mails of a gateway as its options set them: one outbox for both. */
import type { GatewayOptions } from './gateway-options.ts';
import { createMailTargets } from './mail/mail-targets.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { Sites } from './sites/sites.ts';
import type { DeliveryTarget } from './webhooks/delivery-target.ts';
import { proxiesOfProcess } from './webhooks/environment-proxy.ts';
import { createWebhooks, type Webhooks, type WebhooksOptions } from './webhooks/webhooks.ts';

type Shared = Omit<WebhooksOptions, 'webhooks' | 'targets' | 'proxies'> & { sites: Pick<Sites, 'list'> };
type Options = GatewayOptions & { rateLimiter: RateLimiter };

/** Creates the webhooks of a gateway; without endpoints and mail nothing is kept. @throws {MissingPackageError} for mail */
export const createGatewayWebhooks = (options: Options, shared: Shared): Webhooks =>
  createWebhooks({
    ...shared,
    webhooks: options.webhooks ?? [],
    targets: mailTargets(options, shared),
    proxies: proxiesOfProcess(),
  });

function mailTargets(
  { mail: settings, adminUrl, rateLimiter }: Options,
  { sites, clock }: Shared,
): DeliveryTarget[] {
  if (settings === undefined) return [];
  const notifyOf = (siteId: string) => sites.list().find(({ id }) => id === siteId)?.notify;
  return createMailTargets({
    ...{ settings, notifyOf, rateLimiter, clock },
    adminUrl: adminUrl?.replace(/\/+$/, ''),
  });
}
