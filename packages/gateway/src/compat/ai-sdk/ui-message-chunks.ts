/** The steps of an answer as the chunks of the AI SDK's UI message stream. Pure. @see docs/compatible-clients.md */
import { bodyOf, ChatError, unreachable, type ErrorBody, type Run, type ToolPart } from '@rivulet/protocol';
import type { AnswerStep } from '../answer-steps.ts';

/** One chunk of a UI message stream. The AI SDK refuses a type that it does not know, and takes more fields than it knows. */
export type UiMessageChunk = { type: string } & Readonly<Record<string, unknown>>;

/** The token of a visitor who came without one: a data part that is shown to the page (`onData`) and kept in no message. */
export const TOKEN_CHUNK = 'data-rivulet-token';

/**
 * What a stream begins with. An answer is one step: `reset-step` then withdraws all of it, when another attempt begins.
 * @param how `continued`: the client has the beginning of the answer, and the step in which it was
 */
export function startChunks(
  messageId: string,
  how: 'begun' | 'continued',
  token: string | undefined,
): UiMessageChunk[] {
  return [
    { type: 'start', messageId },
    ...(token === undefined ? [] : [{ type: TOKEN_CHUNK, data: { token }, transient: true }]),
    ...(how === 'begun' ? [{ type: 'start-step' }] : []),
  ];
}

/** What a stream ends with while calls wait for the visitor, whose decision begins another stream. */
export const PAUSE_CHUNKS: readonly UiMessageChunk[] = [
  { type: 'finish-step' },
  { type: 'finish', finishReason: 'tool-calls' },
];

/** The chunk of an error. The AI SDK ends the stream with it, and the chat has the status `error`. */
export const errorChunk = (error: ErrorBody): UiMessageChunk => ({
  type: 'error',
  errorText: sentenceOf(error),
});

/** The chunks of one step, in order. */
export function chunksOfStep(step: AnswerStep): UiMessageChunk[] {
  switch (step.kind) {
    case 'text-started':
      return [{ type: `${step.of}-start`, id: `${step.index}` }];
    case 'text-grown':
      return [{ type: `${step.of}-delta`, id: `${step.index}`, delta: step.text }];
    case 'text-ended':
      return [{ type: `${step.of}-end`, id: `${step.index}` }];
    case 'tool-started':
      return [{ type: 'tool-input-start', ...nameOf(step.call) }];
    case 'tool-input-grown':
      return [{ type: 'tool-input-delta', toolCallId: step.call.callId, inputTextDelta: step.text }];
    case 'tool-called':
      return [{ type: 'tool-input-available', ...nameOf(step.call), input: step.call.input }];
    case 'approval-requested':
      return [{ type: 'tool-approval-request', ...approvalOf(step.call), toolCallId: step.call.callId }];
    case 'approval-given':
      return [
        {
          type: 'tool-approval-response',
          ...approvalOf(step.call),
          approved: step.decision === 'approve',
          providerExecuted: true,
        },
      ];
    case 'tool-ended':
      return [endOf(step.call)];
    case 'part-added':
      return chunksOfPart(step);
    case 'withdrawn':
      return [{ type: 'reset-step' }];
    case 'finished':
      return chunksOfEnd(step.run);
    default:
      return unreachable(step);
  }
}

/** The gateway performs the call: otherwise the page would be asked to, and might send the messages again for it. */
const nameOf = ({ callId, name }: ToolPart) => ({
  toolCallId: callId,
  toolName: name,
  providerExecuted: true,
});

/** A call waits for one decision, so its id names the decision too. */
const approvalOf = ({ callId }: ToolPart) => ({ approvalId: callId });

function endOf(call: ToolPart): UiMessageChunk {
  const { callId: toolCallId, state, error, input, inputText } = call;
  if (state === 'refused') return { type: 'tool-output-denied', toolCallId };
  if (state !== 'failed')
    return { type: 'tool-output-available', toolCallId, output: call.output ?? null, providerExecuted: true };
  const errorText = sentenceOf(error ?? { code: 'internal', message: '', retry: 'no' });
  return input === undefined
    ? { type: 'tool-input-error', ...nameOf(call), input: inputText, errorText }
    : { type: 'tool-output-error', toolCallId, errorText, providerExecuted: true };
}

function chunksOfPart({ index, part }: Extract<AnswerStep, { kind: 'part-added' }>): UiMessageChunk[] {
  switch (part.type) {
    case 'source': {
      const { sourceId, title, url } = part;
      return url === undefined
        ? [{ type: 'source-document', sourceId, mediaType: 'text/plain', title }]
        : [{ type: 'source-url', sourceId, url, title }];
    }
    case 'file':
      return part.url === undefined ? [] : [{ type: 'file', url: part.url, mediaType: part.mediaType }];
    case 'data':
      return [{ type: `data-${part.name}`, id: `${index}`, data: part.value }];
    default:
      return unreachable(part);
  }
}

/** Only `stop` and `length` are a success. What a visitor stopped is no error, and is interrupted; everything else is an error. */
function chunksOfEnd({ reason, error }: Run): UiMessageChunk[] {
  switch (reason) {
    case 'stop':
    case 'length':
      return [{ type: 'finish-step' }, { type: 'finish', finishReason: reason }];
    case 'tool':
      return [...PAUSE_CHUNKS];
    case 'aborted':
      return [
        { type: 'abort', reason: 'stopped' },
        { type: 'finish-step' },
        { type: 'finish', finishReason: 'interrupted' },
      ];
    case 'blocked':
      return [errorChunk(error ?? bodyOf(new ChatError('content-blocked')))];
    default:
      return [errorChunk(error ?? bodyOf(new ChatError('interrupted')))];
  }
}

/** What a person reads of an error, with the reference that finds it in the log. */
function sentenceOf(body: ErrorBody): string {
  const { message } = bodyOf(
    ChatError.fromBody(body.message === '' ? { ...body, message: body.code } : body),
  );
  return body.ref === undefined ? message : `${message} (${body.ref})`;
}
