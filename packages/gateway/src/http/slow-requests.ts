/** Cuts requests whose headers or bodies arrive too slowly: each would hold a connection, and what it has sent so far, for minutes. */
import type { Server } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock, Limits } from '../base/index.ts';
import { sendSlowRequest } from './error-response.ts';

/** What the limits of slow requests need. */
export interface SlowRequestsOptions {
  clock: Clock;
  limits: Pick<Limits, 'requestMs'>;
}

/** Node measures headers at an interval. Together they are `requestMs`. */
const HEADERS_SHARE = 2 / 3;
/** What an upload must bring in `requestMs`: a file takes as long as the network needs, and no connection is this slow. */
const MIN_UPLOAD_BYTES = 8 * 1024;

/**
 * Makes a server cut connections whose headers are not complete within `requestMs`, unless the server has shorter limits of its
 * own. Node looks at its connections at the interval that the server had when it began to listen, so call it before.
 */
export function limitHeaders(server: Server, { requestMs }: SlowRequestsOptions['limits']): void {
  const headersTimeoutMs = requestMs * HEADERS_SHARE;
  // 0 turns the limit of Node off.
  server.headersTimeout = Math.min(server.headersTimeout || Infinity, headersTimeoutMs);
  // An option of `createServer` that is read when the server begins to listen; the types know only the option.
  const checked = server as Server & { connectionsCheckingInterval?: number };
  const intervalMs = checked.connectionsCheckingInterval ?? Infinity;
  checked.connectionsCheckingInterval = Math.min(intervalMs, requestMs - headersTimeoutMs);
}

/**
 * Cuts requests whose body is not complete within `limits.requestMs`, with the status 408. A `file` may take longer, as long as it
 * goes on; in all, it has Node's `requestTimeout`.
 */
export function limitBody(
  { clock, limits }: SlowRequestsOptions,
  kind: 'commands' | 'file' = 'commands',
): RequestHandler {
  return (request, response, next) => {
    let bytesRead = request.socket.bytesRead;
    const check = () => {
      if (request.complete || response.headersSent) return;
      const bytes = request.socket.bytesRead - bytesRead;
      bytesRead += bytes;
      if (kind === 'file' && bytes >= MIN_UPLOAD_BYTES) timer = clock.after(limits.requestMs, check);
      else cut(request, response);
    };
    let timer = clock.after(limits.requestMs, check);
    response.once('close', () => {
      timer.cancel();
    });
    next();
  };
}

function cut(request: Request, response: Response): void {
  response.once('finish', () => {
    request.destroy();
  });
  sendSlowRequest(response);
}
