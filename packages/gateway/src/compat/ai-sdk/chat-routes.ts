/** The routes of the AI SDK's `DefaultChatTransport`: ask, resume, stop. @see docs/compatible-clients.md */
import { ChatError } from '@rivulet/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import * as v from 'valibot';
import { bearerOf, checkSchema, jsonBodyOf, textBodyOf } from '../../http/body.ts';
import { allowOrigins, originOf } from '../../http/cors.ts';
import { answerErrorsAsText, sendErrorText } from '../../http/error-response.ts';
import { limitConnections } from '../../http/limit-connections.ts';
import { addRoutes } from '../../http/route-table.ts';
import { limitBody } from '../../http/slow-requests.ts';
import type { CompatOptions } from '../compat-options.ts';
import { conversationIdOf } from '../foreign-ids.ts';
import { openLocalClient, type LocalClient } from '../local-client.ts';
import { SseSink } from '../sse-sink.ts';
import { ask, findRunning, helloOf, stop, writeAnswer, type ShownAnswer } from './chat-answer.ts';
import { readChatRequest } from './chat-request.ts';

/** The client sends all messages that it has with each question; the gateway reads the last one. */
const MAX_BODY_BYTES = 1_024 * 1_024;

const STREAM_HEADERS = { 'x-vercel-ai-ui-message-stream': 'v1' };

const StopSchema = v.object({
  /** The id of the answer to stop, which its `start` had. */
  messageId: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});

/** Creates `POST /v1/ai-sdk/chat`, and `…/{id}/stream` and `…/{id}/stop` below it. */
export function createChatRoutes(options: CompatOptions): Router {
  const router = express.Router();
  router.all(
    ['/v1/ai-sdk/chat', '/v1/ai-sdk/chat/:id/stream', '/v1/ai-sdk/chat/:id/stop'],
    allowOrigins(options),
    limitConnections(options),
    limitBody(options),
    express.text({ type: () => true, limit: MAX_BODY_BYTES }),
  );
  addRoutes(router, {
    'POST /v1/ai-sdk/chat': answering(options, (request) => {
      const { siteId, ...asked } = readChatRequest(jsonBodyOf(request));
      const chat = { chatId: asked.chatId, siteId: siteInQuery(request) ?? siteId };
      return { ...chat, perform: (client, id) => ask(client, id, { ...asked, siteId }) };
    }),
    'GET /v1/ai-sdk/chat/:id/stream': answering(options, (request) =>
      // A visitor without a token has no answer, and must not become a new visitor for asking.
      bearerOf(request) === undefined ? undefined : { ...chatIn(request), perform: findRunning },
    ),
    'POST /v1/ai-sdk/chat/:id/stop': answering(options, (request) => {
      if (bearerOf(request) === undefined) throw new ChatError('unauthenticated');
      const text = textBodyOf(request);
      const { messageId } = checkSchema(StopSchema, text === '' ? {} : jsonBodyOf(request), 'body');
      const perform: Performed = (client, id) =>
        stop(client, id, messageId ?? undefined).then(() => undefined);
      return { ...chatIn(request), perform };
    }),
  });
  router.use(answerErrorsAsText);
  return router;
}

/** Sends the commands of a request. @returns the answer to stream; undefined: there is nothing to stream */
type Performed = (
  client: LocalClient,
  id: ReturnType<typeof conversationIdOf>,
) => Promise<ShownAnswer | undefined>;

interface Wanted {
  chatId: string;
  siteId: string;
  perform: Performed;
}

/** Creates the handler of a route. @param read undefined: there is nothing to do @throws {ChatError} when the request is malformed */
function answering(options: CompatOptions, read: (request: Request) => Wanted | undefined): RequestHandler {
  return async (request, response) => {
    const wanted = read(request);
    if (wanted === undefined) {
      response.status(204).end();
      return;
    }
    const hello = helloOf(wanted.siteId, bearerOf(request));
    const client = openLocalClient({ ...options, origin: originOf(request, options), hello });
    response.once('close', () => {
      client.close();
    });
    try {
      await stream({ client, wanted, response, options });
    } catch (error) {
      client.close();
      if (!response.destroyed) sendErrorText(response, ChatError.from(error));
    }
  };
}

async function stream({
  client,
  wanted,
  response,
  options,
}: {
  client: LocalClient;
  wanted: Wanted;
  response: Response;
  options: CompatOptions;
}): Promise<void> {
  const { principal, token } = await client.welcome;
  const site = { siteId: options.sites.find(wanted.siteId).id, ownerId: principal.id };
  const answer = await wanted.perform(client, conversationIdOf(wanted.chatId, site));
  if (response.destroyed) return;
  if (answer === undefined) {
    client.close();
    response.status(204).end();
    return;
  }
  const sink = new SseSink(response, { ...options, headers: STREAM_HEADERS, last: 'data: [DONE]\n\n' });
  client.onIdle = () => {
    sink.keepAlive();
  };
  writeAnswer(client, answer, { sink, token });
}

function chatIn(request: Request): Omit<Wanted, 'perform'> {
  const chatId = checkSchema(v.pipe(v.string(), v.minLength(1), v.maxLength(256)), request.params.id, 'id');
  return { chatId, siteId: siteInQuery(request) ?? '' };
}

const siteInQuery = ({ query }: Request): string | undefined =>
  query.site === undefined
    ? undefined
    : checkSchema(v.pipe(v.string(), v.maxLength(256)), query.site, 'site');
