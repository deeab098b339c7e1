/** CORS: pages of the origins that some site allows may call the routes. Checked before the body is read. */
import { ChatError } from '@rivulet/protocol';
import type { Request, RequestHandler } from 'express';
import type { Logger, Metrics } from '../base/index.ts';
import type { RequestOrigin, Sites } from '../sites/sites.ts';
import { sendError } from './error-response.ts';

/** What the check of origins needs. */
export interface CorsOptions {
  sites: Sites;
  logger: Logger;
  metrics: Metrics;
}

/** The longest time for which browsers cache a preflight. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * Creates the middleware that answers preflights and refuses an origin that no site allows. It allows no credentials: the
 * gateway sets no cookies, so there is nothing for another page to abuse.
 */
export function allowOrigins({ sites, logger, metrics }: CorsOptions): RequestHandler {
  return (request, response, next) => {
    const origin = originOf(request);
    response.vary('Origin');
    if (!sites.allowsSomewhere(origin)) {
      metrics.rejected.inc({ code: 'origin-denied' });
      logger.warn(
        { code: 'origin-denied', origin: origin.origin },
        'request refused: no site allows this origin; add it to `origins` of a site',
      );
      sendError(response, new ChatError('origin-denied'));
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

/** The headers by which `Sites` checks the origin of a request. */
export function originOf({ headers }: Request): RequestOrigin {
  return { origin: headers.origin, host: headers.host };
}
