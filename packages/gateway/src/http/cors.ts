/** CORS: pages of the origins that some site allows may call the routes. Checked before the body is read. */
import { ChatError } from '@rivulet/protocol';
import type { Request, RequestHandler, Response } from 'express';
import type { Metrics } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import type { RefusedClient } from '../sites/refusal-advice.ts';
import type { Refusals } from '../sites/refusals.ts';
import type { Sites } from '../sites/sites.ts';
import { sendError } from './error-response.ts';

/** What the check of origins needs. */
export interface CorsOptions {
  refusals: Refusals;
  sites: Sites;
  metrics: Metrics;
  addressOf: AddressOf;
}

/** The longest time for which browsers cache a preflight. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * Creates the middleware that answers preflights and refuses an origin that no site allows. It allows no credentials: the
 * gateway sets no cookies, so there is nothing for another page to abuse. The refused page may read the error, which holds nothing
 * but the reason; its preflights stay refused.
 */
export function allowOrigins({ sites, metrics, refusals, addressOf }: CorsOptions): RequestHandler {
  return (request, response, next) => {
    const origin = originOf(request, { addressOf });
    response.vary('Origin');
    if (!sites.allowsSomewhere(origin)) {
      metrics.rejected.inc({ code: 'origin-denied' });
      if (request.method !== 'OPTIONS') allowReading(response, origin);
      sendError(response, refusals.report(new ChatError('origin-denied'), origin));
      return;
    }
    allowReading(response, origin);
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

function allowReading(response: Response, { origin }: RequestOrigin): void {
  if (origin === undefined) return;
  response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After' });
}

/** Who sends a request to a route that names the site in its query, for the report of a refusal. */
export function clientOf({ headers, query }: Request): RefusedClient {
  const siteId = typeof query.site === 'string' ? query.site : '';
  return { origin: headers.origin, siteId };
}

/** Where a request comes from: the headers by which `Sites` checks its origin, and its address. */
export function originOf(request: Request, { addressOf }: Pick<CorsOptions, 'addressOf'>): RequestOrigin {
  const { origin, host } = request.headers;
  return { origin, host, address: addressOf(request) };
}
