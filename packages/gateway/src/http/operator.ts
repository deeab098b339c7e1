/** Who may see what is the operator's: whoever has the admin token, or, without one, a program on the gateway's own machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { ActionOn } from '../access/actions.ts';
import { authorize, type OperatorProof } from '../access/authorize.ts';
import { ChatError } from '@rivulet/protocol';
import type { Refusals } from '../sites/refusals.ts';
import { bearerOf } from './body.ts';
import { sendError } from './error-response.ts';

/** How operators prove themselves. */
export interface OperatorOptions {
  /** The bearer token of operators. Undefined: none, see `listener`. */
  adminToken: string | undefined;
  /**
   * `shared`: the listener of visitors; without a token only direct requests from the loopback interface are served. `closed`: the same
   * listener, while the operator's routes are on another one; only the token opens them. `own`: that other one, which strangers cannot
   * reach; without a token everything on it is served.
   */
  listener: 'shared' | 'closed' | 'own';
  refusals: Refusals;
}

/** Lets operators pass and answers everybody else with 401 or 403. */
export function onlyOperators(action: ActionOn<'gateway'>, options: OperatorOptions): RequestHandler {
  return (request, response, next) => {
    try {
      authorize({ action, resource: { kind: 'gateway', proof: proofOf(request, options) } });
    } catch (error) {
      sendError(response, options.refusals.report(ChatError.from(error), { origin: request.headers.origin }));
      return;
    }
    next();
  };
}

/** Whether the request is an operator's. */
export const isOperator = (request: Request, options: OperatorOptions): boolean =>
  proofOf(request, options) === 'operator';

function proofOf(request: Request, { adminToken, listener }: OperatorOptions): OperatorProof {
  if (adminToken !== undefined) {
    const token = bearerOf(request);
    if (token === undefined) return 'no-token';
    return isEqual(token, adminToken) ? 'operator' : 'wrong-token';
  }
  if (listener === 'own') return request.headers.origin === undefined ? 'operator' : 'stranger';
  return listener === 'shared' && isDirectFromLoopback(request) ? 'operator' : 'stranger';
}

/** Hashed, so that both have one length: the time of the comparison says nothing about the token. */
const isEqual = (one: string, other: string): boolean => timingSafeEqual(digestOf(one), digestOf(other));
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
/** What proxies add. One on the same machine makes every stranger a loopback address. */
const FORWARDING = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** The `Host` must be one of the machine itself: a proxy keeps that of the visitor, and a page can make a name of its own resolve to it. */
function isDirectFromLoopback({ socket, headers }: Request): boolean {
  return (
    // A browser sends it with every request that changes something: no page on the machine may act as its operator.
    headers.origin === undefined &&
    LOOPBACK.test(socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    FORWARDING.every((name) => headers[name] === undefined)
  );
}
