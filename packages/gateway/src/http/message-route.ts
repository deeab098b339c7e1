/** `POST /v1/conversations/{id}/messages`: one message in, the whole reply out, for callers that cannot stream. */
import {
  ChatError,
  ConversationIdSchema,
  MessageIdSchema,
  PROTOCOL_VERSION,
  UserPartSchema,
  mintCommandId,
  mintMessageId,
  type CommandOf,
  type Message,
} from '@rivulet/protocol';
import type { Request, RequestHandler, Response } from 'express';
import * as v from 'valibot';
import { randomBytes } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import { refOf } from '../runs/run-ref.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import { traceContextOf } from '../telemetry/trace-context.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { createWholeReply } from '../transports/whole-reply.ts';
import { bearerOf, checkSchema, jsonBodyOf } from './body.ts';
import { originOf } from './cors.ts';
import { sendError } from './error-response.ts';

/** What the route needs. */
export interface MessageRouteOptions {
  /** Starts a session on a channel. The session owns the channel and serves it until it is closed. */
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
  addressOf: AddressOf;
}

const BodySchema = v.object({
  /** The id of the site; an empty string means the gateway's first site. */
  site: v.optional(v.pipe(v.string(), v.maxLength(256)), ''),
  /** The idempotency key. A caller that may repeat the request creates it. @see PROTOCOL.md §8 */
  messageId: v.optional(MessageIdSchema),
  parentId: v.optional(v.nullable(MessageIdSchema)),
  /** The solution of the challenge of a `proof-required`. @see PROTOCOL.md §2 */
  proof: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
  text: v.optional(v.pipe(v.string(), v.minLength(1))),
  parts: v.optional(v.pipe(v.array(UserPartSchema), v.minLength(1), v.maxLength(32))),
});

/**
 * Creates the handler. A caller that disconnects does not stop the run: the same `messageId` returns its reply later.
 * @see PROTOCOL.md §14
 */
export function createMessageHandler({ serve, addressOf }: MessageRouteOptions): RequestHandler {
  return async (request, response) => {
    const { hello, question } = readMessageRequest(request);
    const { channel, reply } = createWholeReply(hello, question);
    response.once('close', () => {
      channel.close({ code: 1006, reason: '' });
    });
    serve(channel, { ...originOf(request, { addressOf }), traceContext: traceContextOf(request.headers) });
    const ids = { conversationId: question.conversationId, messageId: question.messageId };
    try {
      const { message, token } = await reply;
      sendReply(response, message, { ...ids, ...(token === undefined ? {} : { token }) });
    } catch (error) {
      if (!response.destroyed) sendError(response, ChatError.from(error), ids);
    }
  };
}

/** Sends a reply that finished or was stopped by a visitor; a run that failed becomes an error response. */
function sendReply(response: Response, message: Message, ids: object): void {
  const { run } = message;
  if (run !== undefined) response.set('X-Request-Id', refOf(run.id));
  const isFailed = run?.reason === 'error' || run?.reason === 'interrupted' || run?.reason === 'blocked';
  if (!isFailed) {
    response.set('Cache-Control', 'no-store').json({ ...ids, message, run });
    return;
  }
  const code = run.reason === 'blocked' ? 'content-blocked' : 'interrupted';
  const error = run.error === undefined ? new ChatError(code) : ChatError.fromBody(run.error);
  sendError(response, error, { ...ids, runId: run.id });
}

interface MessageRequest {
  hello: CommandOf<'hello'>;
  question: CommandOf<'send-message'>;
}

/** @throws {ChatError} `bad-frame`, which names the field and never its value */
function readMessageRequest(request: Request): MessageRequest {
  const conversationId = checkSchema(ConversationIdSchema, request.params.id, 'id');
  const body = checkSchema(BodySchema, jsonBodyOf(request), 'body');
  const parts = body.parts ?? (body.text === undefined ? [] : [{ type: 'text' as const, text: body.text }]);
  if (parts.length === 0 || (body.parts !== undefined && body.text !== undefined))
    throw new ChatError('bad-frame', { message: 'The body must have either text or parts.' });
  const token = bearerOf(request);
  return {
    hello: {
      type: 'hello',
      id: mintCommandId(randomBytes),
      protocol: PROTOCOL_VERSION,
      site: body.site,
      ...(token === undefined ? {} : { token }),
      ...(body.proof === undefined ? {} : { proof: body.proof }),
      client: { name: 'http', version: PROTOCOL_VERSION },
      capabilities: [],
      subscriptions: [],
    },
    question: {
      type: 'send-message',
      id: mintCommandId(randomBytes),
      conversationId,
      messageId: body.messageId ?? mintMessageId(randomBytes),
      ...(body.parentId === undefined ? {} : { parentId: body.parentId }),
      parts,
    },
  };
}
