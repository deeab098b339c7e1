/** Writes the log of a conversation as a gateway does: each event gets the next `seq`. For tests and recorded transcripts. */
import * as v from 'valibot';
import { LoggedEventSchema, type LoggedEvent, type LoggedEventBody } from '../schemas/logged-events.ts';
import { partIdOf, type ConversationId, type MessageId, type RunId } from '../schemas/ids.ts';
import type { Message } from '../schemas/message.ts';

/** A log to append to. @see createLogWriter */
export interface LogWriter {
  /** Every event, oldest first. */
  readonly events: readonly LoggedEvent[];
  /**
   * Appends events.
   * @returns the events with their `seq`
   * @throws {ValiError} when an event does not match its schema; the events before it are appended
   */
  add(...bodies: LoggedEventBody[]): LoggedEvent[];
}

/** Creates an empty log. */
export function createLogWriter(conversationId: ConversationId): LogWriter {
  const events: LoggedEvent[] = [];
  const append = (body: LoggedEventBody): LoggedEvent => {
    const { type, ...rest } = body;
    const seq = events.length + 1;
    const position = 'at' in rest ? { seq } : { conversationId, seq }; // deltas carry no conversation id
    const event = v.parse(LoggedEventSchema, { type, ...position, ...rest });
    events.push(event);
    return event;
  };
  return { events, add: (...bodies) => bodies.map(append) };
}

/** Options of `answerOf`. */
export interface AnswerOptions {
  /** The run that writes the answer. */
  runId: RunId;
  /** The id of the answer. */
  messageId: MessageId;
  /** The message that is answered. */
  parentId: MessageId;
  /** In milliseconds since 1970. The run takes 1.5 seconds. */
  startedAtMs: number;
  /** The text of the answer, one delta for each piece. */
  pieces: readonly string[];
}

/** The event of a visitor's message with one text part. */
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

/** The events of a streamed text part, one delta for each piece. */
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

/** The events of a run that writes one text part and finishes with the reason `stop`. */
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
