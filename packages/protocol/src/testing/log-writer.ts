/** Writes the log of a conversation as a gateway does: each event gets its place. For tests and recorded transcripts. */
import * as v from 'valibot';
import { LoggedEventSchema, type LoggedEvent, type LoggedEventBody } from '../schemas/logged-events.ts';
import { partIdOf, type ConversationId, type MessageId, type RunId } from '../schemas/ids.ts';
import type { Message } from '../schemas/message.ts';

/** A log that is being written. */
export interface LogWriter {
  /** All events that were written, oldest first. */
  readonly events: readonly LoggedEvent[];
  /** Gives the events the next places in the log, and returns them. */
  add(...bodies: LoggedEventBody[]): LoggedEvent[];
}

/**
 * A log that begins empty.
 * @throws {ValiError} when an event is not of its schema
 */
export function createLogWriter(conversationId: ConversationId): LogWriter {
  const events: LoggedEvent[] = [];
  const place = (body: LoggedEventBody): LoggedEvent => {
    const { type, ...rest } = body;
    const seq = events.length + 1;
    const where = 'at' in rest ? { seq } : { conversationId, seq };
    const event = v.parse(LoggedEventSchema, { type, ...where, ...rest });
    events.push(event);
    return event;
  };
  return { events, add: (...bodies) => bodies.map(place) };
}

/** An answer for `answerOf`. */
export interface AnswerOptions {
  runId: RunId;
  messageId: MessageId;
  parentId: MessageId;
  startedAtMs: number;
  /** The text of the answer, as it streams in. */
  pieces: readonly string[];
}

/** A visitor's message with one text part. */
export function questionOf(id: MessageId, text: string, parentId: MessageId | null = null): LoggedEventBody {
  const message: Message = {
    id,
    role: 'user',
    parentId,
    parts: [{ type: 'text', text }],
    createdAtMs: 1_700_000_000_000,
  };
  return { type: 'message-added', message };
}

/** The events of a text part that streams in, one delta for each piece. */
export function textPartOf(
  messageId: MessageId,
  index: number,
  pieces: readonly string[],
): LoggedEventBody[] {
  const partId = partIdOf(messageId, index);
  let at = 0;
  const deltas = pieces.map((text): LoggedEventBody => {
    const delta: LoggedEventBody = { type: 'text-delta', partId, at, text };
    at += text.length;
    return delta;
  });
  const start: LoggedEventBody = { type: 'part-started', partId, value: { type: 'text', text: '' } };
  return [start, ...deltas, { type: 'part-finished', partId }];
}

/** The events of a run that writes one text and finishes with `stop`. */
export function answerOf({
  runId,
  messageId,
  parentId,
  startedAtMs,
  pieces,
}: AnswerOptions): LoggedEventBody[] {
  return [
    { type: 'run-started', runId, messageId, parentId, startedAtMs },
    ...textPartOf(messageId, 0, pieces),
    {
      type: 'run-finished',
      runId,
      reason: 'stop',
      finishedAtMs: startedAtMs + 1500,
      usage: { inputTokens: 12, outputTokens: pieces.length },
    },
  ];
}
