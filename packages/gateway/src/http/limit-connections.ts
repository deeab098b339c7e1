/** Counts HTTP requests as connections of their address while they are answered. */
import type { Request, RequestHandler, Response } from 'express';
import { ChatError } from '@rivulet/protocol';
import type { Metrics } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import type { Refusals } from '../sites/refusals.ts';
import { clientOf } from './cors.ts';
import { sendError } from './error-response.ts';

/** What the limit of connections needs. */
export interface LimitConnectionsOptions {
  addressOf: AddressOf;
  visitorLimits: Pick<VisitorLimits, 'openConnection'>;
  metrics: Pick<Metrics, 'rejected'>;
  refusals: Refusals;
}

/** Creates the middleware that refuses a request with 429 when its address or the gateway has too many. */
export function limitConnections(options: LimitConnectionsOptions): RequestHandler {
  const { addressOf, visitorLimits, metrics, refusals } = options;
  return (request: Request, response: Response, next) => {
    const address = addressOf(request);
    try {
      response.once('close', visitorLimits.openConnection(address));
    } catch (error) {
      const refusal = ChatError.from(error);
      metrics.rejected.inc({ code: refusal.code });
      sendError(response, refusals.report(refusal, { ...clientOf(request), address }));
      return;
    }
    next();
  };
}
