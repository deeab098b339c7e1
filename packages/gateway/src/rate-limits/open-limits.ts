/** Opens the limits of a gateway: checks their settings, logs once what holds, and joins the rooms' parts. */
import type { Auth } from '../auth/auth.ts';
import type { Clock, Logger } from '../base/index.ts';
import { createAddressOf, type AddressOf, type TrustProxy } from './client-address.ts';
import { describeRateLimits } from './describe-limits.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Store } from '../stores/store.ts';
import { rateLimitsOf, type LimitedSite, type RateLimits, type RateLimitSettings } from './settings.ts';
import type { ProofOfWorkSettings } from './proof-settings.ts';
import { createVisitorLimits, type VisitorLimits } from './visitor-limits.ts';

/** What `openLimits` needs. */
export interface OpenLimitsOptions {
  limiter: RateLimiter;
  store: Store;
  clock: Clock;
  rateLimits?: RateLimitSettings | undefined;
  proofOfWork?: ProofOfWorkSettings | undefined;
  /** Its first secret signs the challenges of proofs of work. */
  auth: Pick<Auth, 'secrets'>;
  trustProxy?: TrustProxy | undefined;
  sites: readonly LimitedSite[];
  logger: Logger;
}

/** The limits of a gateway, and how it tells the address of a client. */
export interface OpenedLimits {
  visitorLimits: VisitorLimits;
  addressOf: AddressOf;
}

/** Opens the limits. @throws {RateLimitError} when a limit or `trustProxy` cannot be used */
export function openLimits({
  rateLimits,
  trustProxy,
  sites,
  logger,
  auth,
  ...scope
}: OpenLimitsOptions): OpenedLimits {
  const addressOf = createAddressOf(trustProxy);
  const described = describeRateLimits({ rateLimits, trustProxy, sites, proofOfWork: scope.proofOfWork });
  const [proofSecret] = auth.secrets?.() ?? [];
  const visitorLimits = createVisitorLimits({ ...scope, proofSecret, limitsOf: createLimitsOf(rateLimits) });
  visitorLimits.check(sites);
  logger.info({ ...described }, 'these limits hold for visitors; change them with rateLimits and trustProxy');
  return {
    addressOf: (trustProxy ?? false) === false ? warnOfProxy(addressOf, logger) : addressOf,
    visitorLimits,
  };
}

/** The limits of a site are merged once. */
function createLimitsOf(
  settings: RateLimitSettings | undefined,
): (site: LimitedSite | undefined) => RateLimits {
  const common = rateLimitsOf(settings);
  const own = new WeakMap<LimitedSite, RateLimits>();
  return (site) => {
    if (site?.rateLimits === undefined) return common;
    const limits = own.get(site) ?? rateLimitsOf(settings, site);
    own.set(site, limits);
    return limits;
  };
}

/** Behind a proxy that is not named, all visitors have its address, and together the limits of one. */
function warnOfProxy(addressOf: AddressOf, logger: Logger): AddressOf {
  let hasWarned = false;
  return (request) => {
    if (!hasWarned && request.headers['x-forwarded-for'] !== undefined) {
      hasWarned = true;
      logger.warn(
        {},
        'requests have the header X-Forwarded-For and trustProxy is off: if a proxy of yours sends it, all visitors share the limits of its address; set trustProxy to the number of proxies or their addresses',
      );
    }
    return addressOf(request);
  };
}
