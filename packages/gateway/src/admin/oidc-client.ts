/** The conversation with an identity provider, by `openid-client`: discovery at first use, the way there, and what it says of somebody. */
import * as oidc from 'openid-client';
import { coalesce, type Clock } from '../base/index.ts';
import { claimsOf, subjectOf, type Claims } from './oidc-access.ts';
import type { OidcAttempt } from './oidc-attempt.ts';
import { OidcError } from './oidc-error.ts';
import { remoteKeys, verifyLogoutToken, type LogoutClaims } from './oidc-logout-token.ts';
import type { ConsoleOidc } from './oidc-settings.ts';

/** The provider of a console. */
export interface OidcClient {
  /** Where to send the browser. @throws {OidcError} `unavailable` */
  authorizationUrl(attempt: OidcAttempt): Promise<URL>;
  /**
   * The claims of whoever comes back.
   * @param search the query with which they do, such as `?code=…&state=…`
   * @throws {OidcError} `cancelled`, `unavailable` or `refused`
   */
  claimsOf(search: string, attempt: OidcAttempt): Promise<Claims>;
  /** Whose sessions a logout token ends. @throws {OidcError} `refused` or `unavailable` */
  logoutClaims(token: string): Promise<LogoutClaims>;
  /** Where the session at the provider ends; undefined when the provider has no such page or cannot be reached. */
  endSessionUrl(): Promise<URL | undefined>;
}

/** Longer than any provider takes; the person waits. */
const TIMEOUT_S = 10;
/** Providers rarely change what they publish. Their keys are looked up more often, by the library. */
const METADATA_MS = 3_600_000;

/** Creates the client. Nothing is asked for yet. @param redirectUri the address of `/admin/oidc/callback` */
export function createOidcClient(
  settings: ConsoleOidc,
  { redirectUri, clock }: { redirectUri: string; clock: Clock },
): OidcClient {
  const configure = keepConfiguration(settings, clock);
  let known: { uri: string; keys: ReturnType<typeof remoteKeys> } | undefined;
  const keysOf = (uri: string) => {
    if (known?.uri !== uri) known = { uri, keys: remoteKeys(uri) };
    return known.keys;
  };
  return {
    async authorizationUrl({ state, nonce, verifier }) {
      return oidc.buildAuthorizationUrl(await configure(), {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(' '),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
    },
    async claimsOf(search, { state, nonce, verifier }) {
      const configuration = await configure();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      try {
        const tokens = await oidc.authorizationCodeGrant(
          configuration,
          new URL(redirectUri + search),
          checks,
        );
        return await completeClaims(settings, configuration, tokens);
      } catch (error) {
        throw OidcError.of(error);
      }
    },
    async logoutClaims(token) {
      const { issuer, jwks_uri: uri = '' } = (await configure()).serverMetadata();
      return verifyLogoutToken(token, { issuer, clientId: settings.clientId, keys: keysOf(uri) });
    },
    async endSessionUrl() {
      try {
        const configuration = await configure();
        const isOffered = configuration.serverMetadata().end_session_endpoint !== undefined;
        return isOffered ? oidc.buildEndSessionUrl(configuration) : undefined;
      } catch {
        return undefined; // the session here ends all the same
      }
    },
  };
}

/** Reads the discovery document of the issuer. @throws {OidcError} `unavailable`, which says what is wrong */
export async function discoverIssuer({
  issuer,
  clientId,
  clientSecret,
}: Pick<ConsoleOidc, 'issuer' | 'clientId' | 'clientSecret'>): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  try {
    // The method is chosen by what the provider offers, which is not known before.
    const found = await oidc.discovery(url, clientId, clientSecret, byOffer(clientSecret), {
      timeout: TIMEOUT_S,
      // The signature is verified as well as the connection: it costs one request for the keys.
      execute: [
        oidc.enableNonRepudiationChecks,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed; the settings allow http on this machine only
        ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
      ],
    });
    const { authorization_endpoint: start, token_endpoint: token, jwks_uri: keys } = found.serverMetadata();
    if ([start, token, keys].includes(undefined))
      throw new Error('its discovery document names no authorization_endpoint, token_endpoint or jwks_uri');
    return found;
  } catch (error) {
    throw OidcError.ofDiscovery(error, url);
  }
}

/**
 * `client_secret_basic` is the default of the standard, but some providers do not decode the percent signs of its header: it is used where the
 * provider offers nothing else.
 */
const byOffer =
  (secret: string | undefined): oidc.ClientAuth =>
  // eslint-disable-next-line max-params -- the signature is the library's
  (server, client, body, headers) => {
    const offered = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const method =
      secret === undefined
        ? oidc.None()
        : offered.includes('client_secret_post')
          ? oidc.ClientSecretPost(secret)
          : oidc.ClientSecretBasic(secret);
    method(server, client, body, headers);
  };

/** Discovers once for all who ask at once. A failure is not kept; what was found is used on while a later discovery fails. */
function keepConfiguration(settings: ConsoleOidc, clock: Clock): () => Promise<oidc.Configuration> {
  let known: { configuration: oidc.Configuration; untilMs: number } | undefined;
  const fresh = () => (known !== undefined && clock.now() < known.untilMs ? known.configuration : undefined);
  const discover = coalesce(async () => {
    const found = fresh();
    if (found !== undefined) return found; // those who asked a moment earlier have waited for it
    const configuration = await discoverIssuer(settings);
    known = { configuration, untilMs: clock.now() + METADATA_MS };
    return configuration;
  });
  return async () => {
    try {
      return fresh() ?? (await discover());
    } catch (error) {
      if (known === undefined) throw error;
      return known.configuration;
    }
  };
}

/** The claims of the token, and those that decide and are at the provider's userinfo endpoint only. The token counts more. */
async function completeClaims(
  settings: ConsoleOidc,
  configuration: oidc.Configuration,
  tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>,
): Promise<Claims> {
  const claims: Claims = tokens.claims() ?? {};
  const { userinfo_endpoint: endpoint } = configuration.serverMetadata();
  const isComplete = claimsOf(settings).every((name) => Object.hasOwn(claims, name.split('.')[0] ?? ''));
  if (isComplete || endpoint === undefined) return claims;
  const more = await oidc.fetchUserInfo(configuration, tokens.access_token, subjectOf(claims));
  return { ...more, ...claims };
}
