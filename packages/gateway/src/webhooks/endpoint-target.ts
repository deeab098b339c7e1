/** An endpoint of webhooks as a target of the outbox. */
import type { DeliveryTarget } from './delivery-target.ts';
import type { ToldEvent } from './events.ts';
import type { WebhookSender } from './send.ts';
import { endpointNameOf, type WebhookSettings } from './settings.ts';

/** Deliveries of different conversations that are sent at once. */
const AT_ONCE = 8;

/** Creates the target of an endpoint. */
export function createEndpointTarget(settings: WebhookSettings, sender: WebhookSender): DeliveryTarget {
  const { url, events, sites, include = 'ids' } = settings;
  const name = endpointNameOf(url);
  const endpoint = { ...settings, secrets: [settings.secret].flat() };
  return {
    name,
    atOnce: AT_ONCE,
    shown: {
      origin: new URL(url).origin,
      ...(events === undefined ? {} : { events }),
      ...(sites === undefined ? {} : { sites }),
    },
    keep(told, atMs) {
      if (!wants(settings, told)) return [];
      const { id: eventId, orderKey } = told;
      return [{ eventId, endpoint: name, orderKey, body: told.bodyFor(include), atMs }];
    },
    async send([delivery], signal) {
      if (delivery === undefined) return { kind: 'delivered' };
      return sender.send({ endpoint, id: delivery.eventId, body: delivery.body, signal });
    },
  };
}

function wants({ events, sites }: WebhookSettings, { type, siteId }: ToldEvent): boolean {
  if (events?.includes(type) === false) return false;
  return sites === undefined || (siteId !== undefined && sites.includes(siteId));
}
