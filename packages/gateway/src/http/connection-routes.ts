/** Connections over plain HTTP: SSE, long-poll and their commands. Each request is a session of its own, on any gateway. */
import {
  ChatError,
  MAX_COMMAND_FRAME_BYTES,
  parseSseId,
  type Command,
  type CommandOf,
} from '@rivulet/protocol';
import express, { type Request, type Router } from 'express';
import type { Clock, Limits, Metrics } from '../base/index.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import { createLongPollChannel } from '../transports/long-poll-channel.ts';
import { createOneShotChannel } from '../transports/one-shot-channel.ts';
import { readFrame } from '../transports/read-frame.ts';
import { createSseChannel } from '../transports/sse-channel.ts';
import type { GatewayChannel, Incoming } from '../transports/transport.ts';
import { bearerOf, textBodyOf } from './body.ts';
import { allowOrigins, originOf, type CorsOptions } from './cors.ts';
import { handleBodyErrors } from './error-response.ts';
import { limitConnections, type LimitConnectionsOptions } from './limit-connections.ts';
import { limitBody } from './slow-requests.ts';
import { createMessageHandler } from './message-route.ts';
import { addRoutes } from './route-table.ts';

/** What the routes of connections need. */
export interface ConnectionRoutesOptions extends CorsOptions, LimitConnectionsOptions {
  metrics: Metrics;
  clock: Clock;
  limits: Limits;
  /** Starts a session on a channel. The session owns the channel and serves it until it is closed. */
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
}

/** Below 30 s, after which some proxies give up waiting for a response. */
const MAX_POLL_SECONDS = 20;

/** Creates `POST /v1/sse`, `/v1/poll`, `/v1/commands` and `/v1/conversations/{id}/messages`. @see PROTOCOL.md §14 */
export function createConnectionRoutes(options: ConnectionRoutesOptions): Router {
  const { serve } = options;
  const router = express.Router();
  const paths = ['/v1/sse', '/v1/poll', '/v1/commands', '/v1/conversations/:id/messages'];
  // Any content type: `text/plain` needs no CORS preflight, and the codec validates the text anyway.
  router.all(
    paths,
    allowOrigins(options),
    limitConnections(options),
    limitBody(options),
    express.text({ type: () => true, limit: MAX_COMMAND_FRAME_BYTES }),
  );
  addRoutes(router, {
    'POST /v1/sse': (request, response) => {
      const hello = withLastEventId(readHello(request), request);
      serve(createSseChannel(response, hello, options), originOf(request, options));
    },
    'POST /v1/poll': (request, response) => {
      const hello = readHello(request);
      const waitMs = secondsOf(request.query.wait) * 1000;
      serve(createLongPollChannel(response, hello, { ...options, waitMs }), originOf(request, options));
    },
    'POST /v1/commands': (request, response) => {
      const items = readCommands(request);
      serve(createOneShotChannel(response, items, options), originOf(request, options));
    },
    'POST /v1/conversations/:id/messages': createMessageHandler(options),
  });
  router.use(handleBodyErrors);
  return router;
}

/** Reads the commands of a body. @throws {ChatError} `bad-frame`, `too-large` */
function readItems(request: Request): Incoming[] {
  const items = readFrame(textBodyOf(request));
  for (const item of items) if (item.kind === 'unreadable') throw item.error;
  return items;
}

function readHello(request: Request): CommandOf<'hello'> {
  const [first, ...rest] = readItems(request);
  const hello = first?.kind === 'command' && first.command.type === 'hello' ? first.command : undefined;
  if (hello === undefined || rest.length > 0)
    throw new ChatError('bad-frame', { message: 'The body must be one hello command.' });
  return withBearer(hello, request);
}

function readCommands(request: Request): Incoming[] {
  const [first, ...rest] = readItems(request);
  if (first?.kind !== 'command' || first.command.type !== 'hello')
    throw new ChatError('bad-frame', { message: 'The body must be an array: a hello, then commands.' });
  // The response is sent once, so there is no stream to subscribe.
  const hello: Command = { ...withBearer(first.command, request), subscriptions: [] };
  return [{ kind: 'command', command: hello }, ...rest];
}

/** Uses the token of the `Authorization` header when the body has none. */
function withBearer(hello: CommandOf<'hello'>, request: Request): CommandOf<'hello'> {
  const token = hello.token ?? bearerOf(request);
  return token === undefined ? hello : { ...hello, token };
}

/** Uses `Last-Event-ID`, which `EventSource` sends when it reconnects, as the cursor of the only conversation. */
function withLastEventId(hello: CommandOf<'hello'>, request: Request): CommandOf<'hello'> {
  const cursor = parseSseId(request.get('Last-Event-ID') ?? '');
  const [only, ...others] = hello.subscriptions;
  if (cursor === undefined || only === undefined || only.cursor !== undefined || others.length > 0)
    return hello;
  return { ...hello, subscriptions: [{ ...only, cursor }] };
}

function secondsOf(wait: unknown): number {
  const seconds = typeof wait === 'string' && /^\d{1,3}$/.test(wait) ? Number(wait) : MAX_POLL_SECONDS;
  return Math.min(seconds, MAX_POLL_SECONDS);
}
