/** Which pages may call the routes: those that some site allows, asked before anything is read. */
import { ChatError } from '@rivulet/protocol';
import type { Request, RequestHandler } from 'express';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { RequestOrigin, Sites } from '../sites/sites.ts';
import { answerError } from './error-answer.ts';

export interface CorsOptions {
  sites: Sites;
  logger: Logger;
  metrics: Metrics;
}

/** What browsers remember of a preflight at most. */
const PREFLIGHT_SECONDS = 7_200;

/** Answers preflights, and refuses an origin that is on no site's list. No credentials: there are no cookies to ride on. */
export function allowOrigins({ sites, logger, metrics }: CorsOptions): RequestHandler {
  return (request, response, next) => {
    const origin = originOf(request);
    response.vary('Origin');
    if (!sites.allowsSomewhere(origin)) {
      metrics.rejected.inc({ code: 'origin-denied' });
      logger.warn(
        { code: 'origin-denied', origin: origin.origin },
        'origin is on no site’s list; see `sites` in the configuration',
      );
      answerError(response, new ChatError('origin-denied'));
      return;
    }
    if (origin.origin !== undefined) {
      response.set({
        'Access-Control-Allow-Origin': origin.origin,
        'Access-Control-Expose-Headers': 'Retry-After',
      });
    }
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    response
      .set({
        'Access-Control-Allow-Methods': 'GET, POST, PATCH, DELETE',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID',
        'Access-Control-Max-Age': `${PREFLIGHT_SECONDS}`,
      })
      .status(204)
      .end();
  };
}

/** Who asks, as `Sites` judges it. */
export function originOf({ headers }: Request): RequestOrigin {
  return { origin: headers.origin, host: headers.host };
}
