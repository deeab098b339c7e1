/** Reads one streamed answer of the chat completions API: server-sent events, their chunks, errors between them, and the end. */
import { APIError } from 'openai';
import { ChatError } from '@rivulet/protocol';
import type { Secrets } from './logged-words.ts';
import { createChunkReader, type UnfinishedWhy } from './openai-chunks.ts';
import type { ProviderEvent } from './provider.ts';
import { createSseReader } from './sse-reader.ts';
import type { AnswerReader } from './streamed-answer.ts';
import { upstreamError } from './upstream-error.ts';

/** The upstream and the model of a request, for errors. */
export interface Upstream {
  host: string;
  model: string;
  /** What an error text may quote of the request. */
  secrets?: Secrets;
}

/**
 * Reads the server-sent events of one answer. `[DONE]` completes it, or the end of the body: some upstreams omit `[DONE]`.
 * @param toolNames the tools that the model may call
 */
export function createAnswerReader(
  where: Upstream,
  headers: Headers,
  toolNames?: ReadonlySet<string>,
): AnswerReader {
  const chunks = createChunkReader(toolNames);
  let isDone = false;
  let events: ProviderEvent[] = [];
  const sse = createSseReader((data, name) => {
    if (isDone) return;
    if (data === '[DONE]') {
      isDone = true;
      return;
    }
    const chunk: unknown = JSON.parse(data);
    throwIfError(chunk, name, headers);
    chunks.read(chunk, events);
  });
  const finish = () => {
    const why = chunks.end(events);
    if (why !== undefined) throw unfinishedError(why, where);
  };
  return {
    read(bytes, into) {
      events = into;
      sse.push(bytes);
      if (!isDone) return 'more';
      finish();
      return 'finished';
    },
    end(into) {
      events = into;
      sse.end();
      finish();
    },
  };
}

/** An error in the middle of a stream: a chunk with an `error`, or any event of that name. */
function throwIfError(chunk: unknown, eventName: string, headers: Headers): void {
  const { error } = (chunk ?? {}) as { error?: unknown }; // any JSON value may be read by a key, except null
  if (eventName !== 'error' && !error) return;
  // As the SDK reports it; it reads only properties of the object.
  throw new APIError(undefined, (error ?? chunk) as object, undefined, headers);
}

function unfinishedError(why: UnfinishedWhy, where: Upstream): ChatError {
  if (why === 'no-finish-reason') return new ChatError('upstream-truncated', { cause: why });
  if (why === 'overloaded') return new ChatError('upstream-overloaded', { cause: why });
  return upstreamError({ ...where, what: 'ended its answer as failed' });
}
