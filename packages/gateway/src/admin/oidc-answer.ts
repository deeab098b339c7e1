/** How the routes of OIDC answer: people see them, so that a failure is a page with words. */
import type { Request, RequestHandler, Response } from 'express';
import { describeCause } from '../base/index.ts';
import type { OperatorAnswerOptions } from '../http/operator-answer.ts';
import { OidcError } from './oidc-error.ts';
import { sendSignInFailure, type SignInFailure } from './oidc-page.ts';

/** Somebody is not let in, for a reason that is no failure. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn';
  readonly failure: SignInFailure;
  /** Milliseconds after which another attempt counts again. */
  readonly retryAfterMs: number | undefined;

  constructor(failure: SignInFailure, retryAfterMs?: number) {
    super(failure);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Calls the handler and answers its errors. What somebody has to mend is in the log, with the `ref` that the page shows. */
export function answerInWords(
  { logger, mintRef, adminUrl }: OperatorAnswerOptions & { adminUrl: string },
  handler: (request: Request, response: Response) => Promise<void>,
): RequestHandler {
  const consoleUrl = `${adminUrl}/admin`;
  return async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      if (error instanceof NotSignedIn) {
        const { failure, retryAfterMs } = error;
        if (retryAfterMs !== undefined) response.set('Retry-After', `${Math.ceil(retryAfterMs / 1_000)}`);
        sendSignInFailure(response, failure, { consoleUrl });
        return;
      }
      const ref = mintRef();
      const failure = error instanceof OidcError ? error.failure : 'internal';
      const level = failure === 'internal' ? 'error' : 'warn';
      logger[level]({ ref, ...describeCause(error) }, 'somebody could not sign in to the console by OIDC');
      sendSignInFailure(response, failure, { consoleUrl, ref });
    }
  };
}
