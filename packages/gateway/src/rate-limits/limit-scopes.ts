/** Whom a limit is for: from the visitor to the whole gateway. */
import type { Clock } from '../base/index.ts';
import type { Store } from '../stores/store.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { LimitedSite, RateLimits, RateLimitScope } from './settings.ts';

/** Who wants something. */
export interface LimitedClient {
  site: LimitedSite;
  /** Undefined when the visitor is new. */
  visitorId?: string;
  /** As `AddressOf` tells it; undefined when the client has none, and is not limited by it. */
  address: string | undefined;
}

/** What the parts of the limits share. */
export interface LimitsScope {
  store: Pick<Store, 'readKept' | 'readConversation'>;
  clock: Clock;
  limiter: RateLimiter;
  /** The limits of a site; undefined: those that hold for connections whose site is not known. */
  limitsOf: (site: LimitedSite | undefined) => RateLimits;
}

/** One scope of a client, and its key. */
export interface KeyedScope {
  name: RateLimitScope;
  key: string;
}

/** From the narrowest to the widest. A space is in no id of a site, so that keys of two sites are never the same. */
export function scopesOf({ site: { id }, visitorId, address }: LimitedClient): KeyedScope[] {
  return [
    ...(visitorId === undefined ? [] : [{ name: 'visitor' as const, key: `${id} ${visitorId}` }]),
    ...(address === undefined ? [] : [{ name: 'address' as const, key: `${id} ${address}` }]),
    { name: 'site', key: id },
    { name: 'gateway', key: 'all' },
  ];
}
