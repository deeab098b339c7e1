/** How the routes of operators answer: the result of a handler, or its error with a `ref` when it is one of the gateway itself. */
import { ChatError } from '@rivulet/protocol';
import type { Request, RequestHandler, Response } from 'express';
import { describeCause, type Logger } from '../base/index.ts';
import { sendError } from './error-response.ts';

/** What the answers need. */
export interface OperatorAnswerOptions {
  logger: Logger;
  /** Creates the `ref` by which an internal error is found in the log. */
  mintRef: () => string;
}

/** Calls the handler and answers its errors. @param failure the line of the log for an error of the gateway itself */
export function answerOperator(
  { logger, mintRef }: OperatorAnswerOptions,
  failure: string,
  handler: (request: Request, response: Response) => Promise<void>,
): RequestHandler {
  return async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      const isKnown = error instanceof ChatError && error.code !== 'internal';
      const typed = isKnown ? error : new ChatError('internal', { ref: mintRef(), cause: error });
      if (!isKnown) logger.error({ ref: typed.ref, ...describeCause(error) }, failure);
      sendError(response, typed);
    }
  };
}
