/** Signing in to the console with a token, and out of it. */
import { ChatError } from '@rivulet/protocol';
import type { RequestHandler } from 'express';
import * as v from 'valibot';
import { checkSchema, jsonBodyOf } from '../http/body.ts';
import { answerOperator } from '../http/operator-answer.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import { checkSameOrigin, recordAudit, type ConsoleGuardOptions } from './console-guard.ts';
import { tokenIdOf, userOfToken } from './console-users.ts';
import type { ConsoleUser } from '../access/console-roles.ts';

/** What signing in needs. */
export interface ConsoleLoginOptions extends ConsoleGuardOptions {
  rateLimiter: RateLimiter;
}

/** More than a person needs who mistypes, in one minute and from one address. */
const ATTEMPTS = { limit: 10, windowSeconds: 60 } as const;

/** The audit log is kept for ever: strangers on many addresses must not fill it. Beyond this, a refusal is only answered. */
const RECORDED_REFUSALS = { name: 'console-logins', key: 'refused', limit: 60, windowSeconds: 60 } as const;

const BodySchema = v.strictObject({ token: v.pipe(v.string(), v.minLength(1), v.maxLength(512)) });

/** What a user sees of themselves. */
export const shownUser = ({ name, role, sites }: ConsoleUser) => ({ name, role, sites: sites ?? null });

/** Creates the handler of a login: 200 with the user and the cookie, 401 for a wrong token, 429 after too many attempts. */
export function createConsoleLogin(options: ConsoleLoginOptions): RequestHandler {
  const { users, rateLimiter, addressOf, sessions } = options;
  return answerOperator(options, 'signing in to the console failed', async (request, response) => {
    checkSameOrigin(request, options.adminUrl);
    const attempt = { name: 'console-logins', key: addressOf(request), ...ATTEMPTS } as const;
    const { isAllowed, retryAfterMs } = await rateLimiter.take(attempt);
    if (!isAllowed) throw new ChatError('rate-limited', { retryAfterMs });
    const { token } = checkSchema(BodySchema, jsonBodyOf(request), 'body');
    const user = userOfToken(users, token);
    const entry = { target: '', siteId: '' };
    if (user === undefined) {
      const refused = { ...entry, userName: '', action: 'console-login-refused' };
      if ((await rateLimiter.take(RECORDED_REFUSALS)).isAllowed) await recordAudit(options, request, refused);
      throw new ChatError('unauthenticated', { message: 'There is no user with this token.' });
    }
    await recordAudit(options, request, { ...entry, userName: user.name, action: 'console-login' });
    await sessions.start(request, response, { userName: user.name, tokenId: tokenIdOf(user) });
    response.json({ user: shownUser(user) });
  });
}
