/** The limits that hold, for the log at the start and for `rivulet check`. */
import type { TrustProxy } from './client-address.ts';
import {
  rateLimitsOf,
  type Bound,
  type LimitedSite,
  type RateLimits,
  type RateLimitSettings,
} from './settings.ts';

/** The limits that hold, each as text: a number, or `off`. */
export interface DescribedLimits {
  /** The limits by `scope.name`, such as `visitor.messagesPerMinute`. */
  limits: Readonly<Record<string, number | 'off'>>;
  /** The limits of each site that has its own, by its id; only those that differ. */
  sites: Readonly<Record<string, Readonly<Record<string, number | 'off'>>>>;
  /** In words, such as `off`, `1 proxy` or `10.0.0.0/8`. */
  trustProxy: string;
}

/** What is described. */
export interface DescribedSettings {
  rateLimits?: RateLimitSettings | undefined;
  trustProxy?: TrustProxy | undefined;
  sites: readonly LimitedSite[];
}

/**
 * Says which limits hold. It does not depend on a running gateway.
 * @throws {RateLimitError} when they cannot be used
 */
export function describeRateLimits({
  rateLimits,
  trustProxy = false,
  sites,
}: DescribedSettings): DescribedLimits {
  const limits = flat(rateLimitsOf(rateLimits));
  const own = sites
    .filter((site) => site.rateLimits !== undefined)
    .map((site) => [site.id, difference(flat(rateLimitsOf(rateLimits, site)), limits)] as const);
  return { limits, sites: Object.fromEntries(own), trustProxy: wordsOf(trustProxy) };
}

const SCOPES = ['visitor', 'address', 'site', 'gateway'] as const;

const flat = (limits: RateLimits): Record<string, number | 'off'> =>
  Object.fromEntries(
    SCOPES.flatMap((scope) =>
      Object.entries<Bound>(limits[scope]).map(([name, bound]) => [`${scope}.${name}`, bound]),
    ),
  );

const difference = (own: Record<string, number | 'off'>, common: Record<string, number | 'off'>) =>
  Object.fromEntries(Object.entries(own).filter(([name, bound]) => common[name] !== bound));

function wordsOf(trustProxy: TrustProxy): string {
  if (trustProxy === false) return 'off';
  if (typeof trustProxy === 'number') return trustProxy === 1 ? '1 proxy' : `${trustProxy} proxies`;
  return trustProxy.join(', ');
}
