/** The limits that hold, for the log at the start and for `rivulet check`. */
import type { TrustProxy } from './client-address.ts';
import { describeProofOfWork, proofOfWorkOf, type ProofOfWorkSettings } from './proof-settings.ts';
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
  /** From whom a proof of work is asked, in words, on sites without their own `proofOfWork`. */
  proofOfWork: string;
  /** The proof of work of each site that has its own, by its id, in words. */
  proofsOfSites: Readonly<Record<string, string>>;
  /** In words, such as `off`, `1 proxy` or `10.0.0.0/8`. */
  trustProxy: string;
}

/** What is described. */
export interface DescribedSettings {
  rateLimits?: RateLimitSettings | undefined;
  trustProxy?: TrustProxy | undefined;
  proofOfWork?: ProofOfWorkSettings | undefined;
  sites: readonly LimitedSite[];
}

/**
 * Says which limits hold. It does not depend on a running gateway.
 * @throws {RateLimitError} when they cannot be used
 */
export function describeRateLimits({
  rateLimits,
  trustProxy = false,
  proofOfWork,
  sites,
}: DescribedSettings): DescribedLimits {
  const limits = flat(rateLimitsOf(rateLimits));
  const own = sites
    .filter((site) => site.rateLimits !== undefined)
    .map((site) => [site.id, difference(flat(rateLimitsOf(rateLimits, site)), limits)] as const);
  const proofs = sites
    .filter((site) => site.proofOfWork !== undefined)
    .map((site) => [site.id, describeProofOfWork(proofOfWorkOf(proofOfWork, site.proofOfWork))] as const);
  return {
    limits,
    sites: Object.fromEntries(own),
    proofOfWork: describeProofOfWork(proofOfWorkOf(proofOfWork)),
    proofsOfSites: Object.fromEntries(proofs),
    trustProxy: wordsOf(trustProxy),
  };
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
