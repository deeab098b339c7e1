/** The part of the configuration that limits what visitors may do. */
import { TrustProxySchema } from '../rate-limits/client-address.ts';
import { describeRateLimits, type DescribedSettings } from '../rate-limits/describe-limits.ts';
import { RateLimitError } from '../rate-limits/rate-limit-error.ts';

export { ProofOfWorkSchema } from '../rate-limits/proof-settings.ts';
export { RateLimitsSchema } from '../rate-limits/settings.ts';
export { TrustProxySchema };

/** Why the limits do not fit together, such as a ceiling that one visitor could use up; undefined when they do. */
export function problemOfRateLimits(settings: DescribedSettings): string | undefined {
  try {
    describeRateLimits(settings);
    return undefined;
  } catch (error) {
    if (!(error instanceof RateLimitError)) throw error;
    return error.message.replace(/^rateLimits: /, '').replace(/\.$/, '');
  }
}
