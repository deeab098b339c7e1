/** The lines over plain HTTP: a stream, a poll, and the commands of both. Each request is a session of its own, on any node. */
import {
  ChatError,
  MAX_COMMAND_FRAME_BYTES,
  parseSseId,
  type Command,
  type CommandOf,
} from '@rivulet/protocol';
import express, { type Request, type Router } from 'express';
import type { Clock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { RequestOrigin } from '../sites/sites.ts';
import { createLongPollChannel } from '../transports/long-poll-channel.ts';
import { createOneShotChannel } from '../transports/one-shot-channel.ts';
import { readFrame } from '../transports/read-frame.ts';
import { createSseChannel } from '../transports/sse-channel.ts';
import type { GatewayChannel, Incoming } from '../transports/transport.ts';
import { bearerOf, textBodyOf } from './body.ts';
import { allowOrigins, originOf, type CorsOptions } from './cors.ts';
import { answerUnreadable } from './error-answer.ts';
import { answerMessages } from './message-route.ts';

export interface ConnectionRoutesOptions extends CorsOptions {
  clock: Clock;
  limits: Limits;
  /** Puts a session on a channel, which serves it until it is closed. */
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
}

/** Under the half minute after which the first proxies give up on an answer. */
const MAX_POLL_SECONDS = 20;

/** `POST /v1/sse`, `/v1/poll`, `/v1/commands`, `/v1/conversations/{id}/messages`. @see PROTOCOL.md §14 */
export function createConnectionRoutes(options: ConnectionRoutesOptions): Router {
  const { serve } = options;
  const router = express.Router();
  const paths = ['/v1/sse', '/v1/poll', '/v1/commands', '/v1/conversations/:id/messages'];
  // Any type: `text/plain` needs no preflight, and what counts is whether the text can be read.
  router.all(
    paths,
    allowOrigins(options),
    express.text({ type: () => true, limit: MAX_COMMAND_FRAME_BYTES }),
  );
  router.post('/v1/sse', (request, response) => {
    const hello = withLastEventId(readHello(request), request);
    serve(createSseChannel(response, hello, options), originOf(request));
  });
  router.post('/v1/poll', (request, response) => {
    const hello = readHello(request);
    const waitMs = secondsOf(request.query.wait) * 1000;
    serve(createLongPollChannel(response, hello, { ...options, waitMs }), originOf(request));
  });
  router.post('/v1/commands', (request, response) => {
    const items = readCommands(request);
    serve(createOneShotChannel(response, items, options), originOf(request));
  });
  router.post('/v1/conversations/:id/messages', answerMessages(options));
  router.use(answerUnreadable);
  return router;
}

/** @throws {ChatError} bad-frame, too-large */
function readItems(request: Request): Incoming[] {
  const items = readFrame(textBodyOf(request));
  for (const item of items) if (item.kind === 'unreadable') throw item.error;
  return items;
}

function readHello(request: Request): CommandOf<'hello'> {
  const [first, ...rest] = readItems(request);
  const hello = first?.kind === 'command' && first.command.type === 'hello' ? first.command : undefined;
  if (hello === undefined || rest.length > 0)
    throw new ChatError('bad-frame', { message: 'The body is one hello.' });
  return withBearer(hello, request);
}

function readCommands(request: Request): Incoming[] {
  const [first, ...rest] = readItems(request);
  if (first?.kind !== 'command' || first.command.type !== 'hello')
    throw new ChatError('bad-frame', { message: 'The body is an array: a hello, then commands.' });
  // Nobody follows anything by an answer that comes once.
  const hello: Command = { ...withBearer(first.command, request), subscriptions: [] };
  return [{ kind: 'command', command: hello }, ...rest];
}

/** The header speaks when the body does not. */
function withBearer(hello: CommandOf<'hello'>, request: Request): CommandOf<'hello'> {
  const token = hello.token ?? bearerOf(request);
  return token === undefined ? hello : { ...hello, token };
}

/** What a browser's own reader of such streams says when it comes back: the cursor of the one conversation. */
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
