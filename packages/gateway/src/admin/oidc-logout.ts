/** Back-channel logout: the identity provider tells that somebody has signed out there, and their sessions of the console end. */
import type { Request, RequestHandler, Response } from 'express';
import { describeCause, type Logger } from '../base/index.ts';
import { recordAudit } from './console-guard.ts';
import type { ConsoleLoginOptions } from './console-login.ts';
import { marksOf } from './oidc-access.ts';
import type { OidcClient } from './oidc-client.ts';
import { OidcError } from './oidc-error.ts';
import { LOGOUT_TOKEN_S, type LogoutClaims } from './oidc-logout-token.ts';

/** What logging out by the provider needs. */
export type OidcLogoutOptions = Omit<ConsoleLoginOptions, 'sessions'> & { logger: Logger };

/** Each costs a signature. A provider that signs a whole company out is one address. */
const LOGOUTS = { name: 'console-oidc-logouts', limit: 600, windowSeconds: 60 } as const;
/** A token counts once, for longer than it is valid. */
const ONCE = { name: 'console-oidc-states', limit: 1, windowSeconds: LOGOUT_TOKEN_S + 60 } as const;

/** Where the identity provider sends logout tokens. */
export const logoutUriOf = (adminUrl: string): string => `${adminUrl}/admin/oidc/backchannel-logout`;

/**
 * Creates the handler. It answers 200, also when nobody was signed in; 400 for a token that is not accepted, 429, or 503 when the keys
 * of the provider cannot be had.
 */
export function createOidcLogout(options: OidcLogoutOptions, client: OidcClient): RequestHandler {
  const { rateLimiter, addressOf, logger, mintRef } = options;
  return async (request, response) => {
    try {
      const { isAllowed, retryAfterMs } = await rateLimiter.take({ ...LOGOUTS, key: addressOf(request) });
      if (!isAllowed) {
        response.set('Retry-After', `${Math.ceil(retryAfterMs / 1_000)}`);
        answer(response, 429, 'temporarily_unavailable');
        return;
      }
      await endSessions(options, request, await client.logoutClaims(tokenOf(request)));
      response.set('Cache-Control', 'no-store').status(200).end();
    } catch (error) {
      const failure = error instanceof OidcError ? error.failure : 'internal';
      const level = failure === 'internal' ? 'error' : 'warn';
      logger[level]({ ref: mintRef(), ...describeCause(error) }, 'a logout by the identity provider failed');
      if (failure === 'refused') answer(response, 400, 'invalid_request');
      else answer(response, 503, 'temporarily_unavailable');
    }
  };
}

/** A form, as the specification has it. One that names the token twice has none. */
function tokenOf({ body }: Request): string {
  const given = new URLSearchParams(typeof body === 'string' ? body : '').getAll('logout_token');
  return given.length === 1 ? (given[0] ?? '') : '';
}

/** A token that was there before ends nothing: whoever has recorded it would sign people out who have signed in again. */
async function endSessions(
  options: OidcLogoutOptions,
  request: Request,
  { jti, sub, sid }: LogoutClaims,
): Promise<void> {
  const { isAllowed } = await options.rateLimiter.take({ ...ONCE, key: `logout ${jti}` });
  if (!isAllowed) return;
  // What cannot be recorded is not done; the subject is what the entry of the login has.
  const what = { userName: '', action: 'console-logout-by-provider', siteId: '' };
  await recordAudit(options, request, { ...what, target: sub ?? `sid ${sid ?? ''}` });
  for (const marks of marksOf({ sub, sid })) await options.store.console.endSessionsOf(marks);
}

const answer = (response: Response, status: number, error: string): void => {
  response.set('Cache-Control', 'no-store').status(status).json({ error });
};
