/** The checks of the public URL: what a proxy does to what the gateway sends. */
import type { Config } from '../config.ts';
import { checkCertificate } from './certificate.ts';
import { skipped, type Check } from './finding.ts';
import type { Machine } from './machine.ts';
import { sitesOf } from './origins.ts';
import { checkPublicOrigins } from './public-origins.ts';
import { checkLoader, checkOperatorRoutes, checkReady } from './public-pages.ts';
import type { PublicOptions, PublicTarget } from './public-request.ts';
import { checkStream } from './public-stream.ts';
import { checkWebSocket } from './public-websocket.ts';

export { PUBLIC_DEFAULTS, type PublicOptions } from './public-request.ts';

interface PublicChecksOptions extends PublicOptions {
  publicUrl: string | undefined;
  machine: Machine;
}

/** The checks, or one that says that there is no URL. */
export function publicChecks(
  config: Config,
  { publicUrl, machine, ...options }: PublicChecksOptions,
): Check[] {
  if (publicUrl === undefined) return [{ name: 'public url', run: () => [NO_URL] }];
  const url = new URL(publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`);
  // Without one that visitors may use without signing in, the gateway refuses the connection with a reason, which arrives as well.
  const sites = sitesOf(config);
  const site = (sites.find(({ isSignedIn }) => !isSignedIn) ?? sites[0])?.id ?? '';
  const at = (signal: AbortSignal): PublicTarget => ({ ...options, url, signal });
  return [
    { name: 'public url', run: (signal) => checkReady(at(signal), machine) },
    { name: 'public certificate', run: (signal) => checkCertificate(at(signal), machine) },
    { name: 'public loader', run: (signal) => checkLoader(at(signal)) },
    { name: 'public operator routes', run: (signal) => checkOperatorRoutes(at(signal), config) },
    { name: 'public origins', run: (signal) => checkPublicOrigins(at(signal), config) },
    { name: 'public stream', run: (signal) => checkStream(at(signal), site) },
    { name: 'public websocket', run: (signal) => checkWebSocket(at(signal), site) },
  ];
}

const NO_URL = skipped(
  'public url',
  'It is not known where visitors reach the gateway.',
  'Run rivulet doctor --url https://chat.example to look at proxy, TLS and WebSocket.',
);
