/** The mask of a gateway: what its adapters and options name as secret. */
import type { Auth } from '../auth/auth.ts';
import type { Provider } from '../providers/provider.ts';
import { createSecretMask, type SecretMask } from '../providers/secret-mask.ts';

/** Who knows secrets. */
export interface SecretSources {
  provider: Pick<Provider, 'secrets'>;
  auth: Pick<Auth, 'secrets'>;
  files?: { secret: string };
  /** Those of the host application. */
  secrets?: readonly string[];
}

/** Hides the secrets of a gateway in what a model writes. Those of a site are added for each run. */
export function createGatewayMask({ provider, auth, files, secrets = [] }: SecretSources): SecretMask {
  const ofFiles = files === undefined ? [] : [files.secret];
  return createSecretMask([
    ...(provider.secrets?.() ?? []),
    ...(auth.secrets?.() ?? []),
    ...ofFiles,
    ...secrets,
  ]);
}
