/** The webhooks of a gateway as its options set them. */
import type { GatewayOptions } from './gateway-options.ts';
import { createWebhooks, type Webhooks, type WebhooksOptions } from './webhooks/webhooks.ts';

/** Creates the webhooks of a gateway; without endpoints nothing is kept. */
export const createGatewayWebhooks = (
  { webhooks = [] }: GatewayOptions,
  shared: Omit<WebhooksOptions, 'webhooks'>,
): Webhooks => createWebhooks({ ...shared, webhooks });
