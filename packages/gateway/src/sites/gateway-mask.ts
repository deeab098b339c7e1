/** The mask of a gateway: what its adapters and options name as secret, now or before. */
import type { Auth } from '../auth/auth.ts';
import type { Provider } from '../providers/provider.ts';
import type { SiteModeration } from '../moderation/settings.ts';
import { createSecretMask, type SecretMask } from '../providers/secret-mask.ts';

/** Who knows secrets. */
export interface SecretSources {
  provider: Pick<Provider, 'secrets'>;
  auth: Pick<Auth, 'secrets'>;
  files?: { secret: string };
  moderation?: SiteModeration;
  /** Those of the host application. A function is asked for each mask. */
  secrets?: readonly string[] | (() => readonly string[]);
}

/** The secrets that the moderators of a gateway or a site name. */
export const secretsOfModeration = (moderation: SiteModeration = 'off'): string[] =>
  moderation === 'off' ? [] : moderation.by.flatMap((moderator) => moderator.secrets?.() ?? []);

/**
 * Creates what gives the mask for a run that begins now. Secrets are added while the gateway runs, such as that of a site when the
 * configuration is reloaded. Those that are given no longer stay hidden, because they may still be valid elsewhere: the list grows
 * with each change by an operator.
 */
export function createGatewayMask({
  provider,
  auth,
  files,
  moderation,
  secrets = [],
}: SecretSources): () => SecretMask {
  const known = new Set<string>();
  let mask = createSecretMask(known);
  return () => {
    const named = [
      ...(provider.secrets?.() ?? []),
      ...(auth.secrets?.() ?? []),
      ...(files === undefined ? [] : [files.secret]),
      ...secretsOfModeration(moderation),
      ...(typeof secrets === 'function' ? secrets() : secrets),
    ];
    const added = named.filter((secret) => !known.has(secret));
    for (const secret of added) known.add(secret);
    if (added.length > 0) mask = createSecretMask(known);
    return mask;
  };
}
