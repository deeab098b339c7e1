/** What the end of an answer of the responses API means, and which of its values report a failure. */
import type { AnswerShape } from './answer-shape.ts';
import { record, textOf } from './json-fields.ts';
import { unknownReason } from './openai-chunks.ts';
import { meaningOf, type FinishMeaning } from './openai-finish.ts';
import { isReport } from './upstream-report.ts';

/** The end of an answer. */
export interface ResponseEnd {
  meaning: FinishMeaning;
  /** What was unusual about it, for the operator's log. */
  remark?: string;
  /** The token counts, as the upstream wrote them. */
  usage?: unknown;
}

/** Reads the end from a whole response, which is the last event of an answer or all of it. */
export function endOf(response: Readonly<Record<string, unknown>>): ResponseEnd {
  const { status, incomplete_details: details, usage } = response;
  if (status !== 'incomplete') return { ...meaningOfStatus(textOf(status)), usage };
  const reason = textOf(record(details).reason);
  const meaning = meaningOf(reason);
  // An answer that is incomplete is never a whole one, whatever the reason is called.
  if (meaning !== undefined && meaning !== 'stop' && meaning !== 'tool') return { meaning, usage };
  return { meaning: 'length', remark: unknownReason(reason, 'length'), usage };
}

/** `cancelled` and `queued` are no ends of an answer that was asked for. Without a status, the name of the event says it. */
function meaningOfStatus(status: string): ResponseEnd {
  const meaning = status === '' ? 'stop' : meaningOf(status);
  if (meaning !== undefined) return { meaning };
  return status === 'in_progress' || status === 'queued'
    ? { meaning: 'no-finish-reason' }
    : { meaning: 'stop', remark: unknownReason(status) };
}

/** The failure that an event, or a whole response, reports. */
export function reportIn(value: unknown): unknown {
  const { type, object, response, status, error } = record(value);
  if (type === 'response.failed') return record(response).error ?? {};
  if (object === 'response') return status === 'failed' ? (error ?? {}) : undefined;
  if (textOf(type).startsWith('response.')) return undefined;
  return isReport(value) ? value : undefined;
}

const isEvent = (value: unknown): boolean => textOf(record(value).type).startsWith('response.');

/** Responses, and their events in a list or in lines. */
export const RESPONSE_SHAPE: AnswerShape = {
  unwrap(value) {
    const { output, response } = record(value);
    return !Array.isArray(output) && !isEvent(value) && Array.isArray(record(response).output)
      ? response
      : value;
  },
  isAnswer: (value) => isEvent(value) || Array.isArray(record(value).output),
  isPiece: isEvent,
};
