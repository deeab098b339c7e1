/** Signing in to the console by OpenID Connect: the way to the identity provider, and back from it. */
import type { Request, RequestHandler, Response } from 'express';
import type { Rate } from '../rate-limits/rate-limiter.ts';
import type { ConsoleSession } from '../stores/console-store.ts';
import { recordAudit } from './console-guard.ts';
import type { ConsoleLoginOptions } from './console-login.ts';
import { grantOf, isOidcSession, subjectOf, type OidcGrant } from './oidc-access.ts';
import { answerInWords, NotSignedIn } from './oidc-answer.ts';
import { ATTEMPT_MS, beginAttempt, endAttempt, type OidcAttempt } from './oidc-attempt.ts';
import { createOidcClient, type OidcClient } from './oidc-client.ts';
import { destinationOf } from './oidc-destination.ts';
import { createOidcLogout } from './oidc-logout.ts';
import type { ConsoleOidc } from './oidc-settings.ts';

/** What signing in by OIDC needs. */
export interface OidcRoutesOptions extends ConsoleLoginOptions {
  oidc: ConsoleOidc;
  /** Where people reach the console, without a slash at the end. */
  adminUrl: string;
}

/** The handlers, and what signing out needs. */
export interface OidcRoutes {
  start: RequestHandler;
  callback: RequestHandler;
  /** @see createOidcLogout */
  logout: RequestHandler;
  /** Where the session at the provider ends; undefined when it began none, or cannot end it. */
  endSessionUrl(session: ConsoleSession): Promise<URL | undefined>;
}

/** Each costs a redirect: more than the people behind one address need in a minute. */
const STARTS = { name: 'console-oidc-starts', limit: 30, windowSeconds: 60 } as const;
/** Each costs a request to the provider: together with the logins with a token as many as those. */
const RETURNS = { name: 'console-logins', limit: 10, windowSeconds: 60 } as const;
/** A state counts once on all gateways, for longer than its cookie is taken. */
const ONCE = { name: 'console-oidc-states', limit: 1, windowSeconds: ATTEMPT_MS / 1_000 + 1 } as const;

/** Where the identity provider sends people back to. */
export const redirectUriOf = (adminUrl: string): string => `${adminUrl}/admin/oidc/callback`;

/** Creates the handlers. The provider is asked at the first sign-in. */
export function createOidcRoutes(options: OidcRoutesOptions): OidcRoutes {
  const { oidc, adminUrl, clock, random, sessions, addressOf } = options;
  const client = createOidcClient(oidc, { redirectUri: redirectUriOf(adminUrl), clock });
  const isSecure = adminUrl.startsWith('https:');
  const answer = (handler: (request: Request, response: Response) => Promise<void>) =>
    answerInWords(options, handler);
  return {
    start: answer(async (request, response) => {
      await take(options, { ...STARTS, key: addressOf(request) });
      const to = typeof request.query.to === 'string' ? request.query.to : '';
      const how = { to: to.length > 400 ? '' : to, nowMs: clock.now(), random, isSecure };
      const url = await client.authorizationUrl(beginAttempt(response, how));
      response.redirect(303, url.href);
    }),
    callback: answer(async (request, response) => {
      await take(options, { ...RETURNS, key: addressOf(request) });
      const attempt = endAttempt(request, response, { nowMs: clock.now(), isSecure });
      const grant = await grantOfReturn(options, client, { request, attempt });
      await sessions.start(request, response, { ...grant, lifetimeMs: oidc.sessionMs });
      response.redirect(303, destinationOf(attempt?.to, adminUrl));
    }),
    logout: createOidcLogout(options, client),
    endSessionUrl: async (session) => (isOidcSession(session) ? client.endSessionUrl() : undefined),
  };
}

/** @throws {NotSignedIn} `too-many` */
async function take({ rateLimiter }: Pick<OidcRoutesOptions, 'rateLimiter'>, rate: Rate): Promise<void> {
  const { isAllowed, retryAfterMs } = await rateLimiter.take(rate);
  if (!isAllowed) throw new NotSignedIn('too-many', retryAfterMs);
}

/**
 * What somebody who comes back is let in as. Whoever was authenticated is in the audit log, let in or not.
 * @throws {NotSignedIn} `expired` for a return that this browser did not begin, is too late or was there before; `no-rights`
 * @throws {OidcError} see `OidcClient.claimsOf`
 */
async function grantOfReturn(
  options: OidcRoutesOptions,
  client: OidcClient,
  { request, attempt }: { request: Request; attempt: OidcAttempt | undefined },
): Promise<OidcGrant> {
  // Another state is a return that somebody else began, to sign this browser in as them.
  if (attempt === undefined || request.query.state !== attempt.state) throw new NotSignedIn('expired');
  const { isAllowed } = await options.rateLimiter.take({ ...ONCE, key: attempt.state });
  if (!isAllowed) throw new NotSignedIn('expired');
  const claims = await client.claimsOf(new URL(request.originalUrl, options.adminUrl).search, attempt);
  const grant = grantOf(options.oidc, claims);
  const [userName, action] =
    grant === undefined ? ['', 'console-login-refused'] : [grant.userName, 'console-login'];
  await recordAudit(options, request, { userName, action, target: subjectOf(claims), siteId: '' });
  if (grant === undefined) throw new NotSignedIn('no-rights');
  return grant;
}
